/** The scratch repository of the demo: a shop that is small, works, and has one bug. */
export const SHOP_FILES: Record<string, string> = {
  "README.md": `# Shop

The checkout of a small shop. \`node --test\` runs the tests.
`,
  "package.json": `{
  "name": "shop",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  "src/checkout.js": `// What a customer pays, and the receipt that goes out by mail.

export function subtotal(items) {
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
}

export function shipping(items) {
  return subtotal(items) >= 50 ? 0 : 4.9;
}

export function total(cart) {
  return subtotal(cart.items) + shipping(cart.items);
}

export function receipt(cart) {
  const lines = cart.items.map((item) => \`\${item.quantity} x \${item.name}\`);
  lines.push(\`Total: \${total(cart)} EUR\`);
  return lines.join("\\n");
}
`,
  "test/checkout.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { receipt, total } from "../src/checkout.js";

const kettle = { name: "Kettle", price: 60, quantity: 1 };

test("orders from 50 EUR on ship for free", () => {
  assert.equal(total({ items: [kettle] }), 60);
});

test("the receipt names every item and the total", () => {
  assert.equal(receipt({ items: [kettle] }), "1 x Kettle\\nTotal: 60 EUR");
});
`,
};

/** The file that both sessions edit. */
export const SHARED_FILE = "src/checkout.js";
export const TARGET_BRANCH = "main";
