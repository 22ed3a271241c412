import { SHARED_FILE } from "./shop-files.ts";

export type RoleName = "feature" | "hotfix";

/** One of the two sessions. */
export interface Role {
  /** The value of the label `demo`. */
  readonly role: RoleName;
  readonly name: string;
  readonly task: string;
  readonly branch: string;
  /** What its edit leaves in the shared file, and nothing else does. */
  readonly mark: string;
  readonly script: (pace: Pace) => unknown[];
}

export interface Pace {
  /** Milliseconds that a step takes so that a person can follow. */
  readonly stepMs: number;
  /** How the shop's tests are run. */
  readonly node: string;
}

const GO_ON = [{ id: "yes", label: "Yes, run the tests and commit" }];

const edit = (path: string, find: string, replace: string) => ({ do: "edit", path, find, replace });
const write = (path: string, text: string) => ({ do: "edit", path, write: text });
const say = (text: string) => ({ do: "say", text });
const ask = (text: string) => ({ do: "ask", text, options: GO_ON, default: "yes" });
const test = ({ node }: Pace) => ({ do: "run", command: [node, "--test"] });
const commit = (message: string) => ({ do: "commit", message });

function paced({ stepMs }: Pace, steps: object[]): object[] {
  return stepMs === 0 ? steps : steps.flatMap((step) => [{ do: "wait", ms: stepMs }, step]);
}

const feature: Role = {
  role: "feature",
  name: "gift-wrap",
  task: "Offer gift wrapping at the checkout, for 3.50 EUR.",
  branch: "feature/gift-wrap",
  mark: "giftWrap",
  script: (pace) => [
    paced(pace, [
      say("The total and the receipt are made in src/checkout.js. Gift wrapping belongs there."),
      edit(
        SHARED_FILE,
        "  return subtotal(cart.items) + shipping(cart.items);\n",
        "  return subtotal(cart.items) + shipping(cart.items) + giftWrap(cart);\n",
      ),
      edit(
        SHARED_FILE,
        '  lines.push(`Total: ${total(cart)} EUR`);\n  return lines.join("\\n");\n}\n',
        "  if (cart.wrapped) lines.push(`Gift wrapping: ${giftWrap(cart)} EUR`);\n" +
          '  lines.push(`Total: ${total(cart)} EUR`);\n  return lines.join("\\n");\n}\n\n' +
          "export function giftWrap(cart) {\n  return cart.wrapped ? 3.5 : 0;\n}\n",
      ),
      write(
        "test/gift-wrap.test.js",
        `import assert from "node:assert/strict";
import { test } from "node:test";
import { receipt } from "../src/checkout.js";

test("a wrapped order costs 3.50 EUR more and says so", () => {
  const cart = { wrapped: true, items: [{ name: "Kettle", price: 60, quantity: 1 }] };
  assert.equal(receipt(cart), "1 x Kettle\\nGift wrapping: 3.5 EUR\\nTotal: 63.5 EUR");
});
`,
      ),
      ask("Gift wrapping is written, with a test. Shall I run the tests and commit?"),
      test(pace),
      commit("Offer gift wrapping at the checkout"),
      say("Gift wrapping is on feature/gift-wrap. Every test passes."),
    ]),
  ],
};

const hotfix: Role = {
  role: "hotfix",
  name: "rounding",
  task: "A receipt shows a total of 8.200000000000001 EUR. Mend it at once.",
  branch: "hotfix/rounding",
  mark: "Math.round",
  script: (pace) => [
    paced(pace, [
      say("Prices are added up as fractions in src/checkout.js. They have to be added up in cents."),
      edit(
        SHARED_FILE,
        "  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);\n",
        "  const cents = items.reduce((sum, item) => sum + Math.round(item.price * 100) * item.quantity, 0);\n" +
          "  return cents / 100;\n",
      ),
      write(
        "test/rounding.test.js",
        `import assert from "node:assert/strict";
import { test } from "node:test";
import { receipt } from "../src/checkout.js";

test("a total has no more than two decimals", () => {
  assert.match(receipt({ items: [{ name: "Sticker", price: 1.1, quantity: 3 }] }), /Total: 8[.]2 EUR$/);
});
`,
      ),
      ask("The rounding is mended, with a test. Shall I run the tests and commit?"),
      test(pace),
      commit("Add up prices in cents"),
      say("The fix is on hotfix/rounding. Every test passes."),
    ]),
  ],
};

export const ROLES: readonly Role[] = [feature, hotfix];
