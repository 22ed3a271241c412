import type { Reply } from "@harness/scripted-model";
import type { DemoProvider } from "./model/providers.ts";
import { SHARED_FILE } from "./shop-files.ts";

export type RoleName = "feature" | "hotfix";

/** One of the two sessions. */
export interface Role {
  /** The value of the label `demo`. */
  readonly role: RoleName;
  readonly name: string;
  readonly task: string;
  /** What it is told once it has shown its work. */
  readonly goAhead: string;
  readonly branch: string;
  readonly provider: DemoProvider;
  /** What its edit leaves in the shared file, and nothing else does. */
  readonly mark: string;
  /** What the model answers to the task, call by call. */
  readonly work: (pace: Pace) => Reply[];
  /** What it answers to the go-ahead. */
  readonly commit: (pace: Pace) => Reply[];
}

export interface Pace {
  /** Milliseconds that a step takes so that a person can follow. */
  readonly stepMs: number;
  /** How the shop's tests are run. */
  readonly node: string;
}

const say = (text: string) => ({ text });
const read = (path: string) => ({ tool: "read", input: { path } });
const edit = (path: string, edits: { oldText: string; newText: string }[]) => ({
  tool: "edit",
  input: { path, edits },
});
const write = (path: string, content: string) => ({ write: { path, content } });
const run = (command: string) => ({ run: command });
const test = ({ node }: Pace) => run(`${quote(node)} --test`);
const quote = (word: string) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
const commitAll = (message: string) => run(`git add -A && git commit -q -m '${message}' && git log --oneline -1`);

const feature: Role = {
  role: "feature",
  name: "gift-wrap",
  task: "Offer gift wrapping at the checkout, for 3.50 EUR. Show it to me before you commit.",
  goAhead: "Yes, commit the gift wrapping.",
  branch: "feature/gift-wrap",
  provider: "demo-anthropic",
  mark: "giftWrap",
  work: (pace) => [
    [say("I look at how the total and the receipt are made."), read(SHARED_FILE)],
    [
      say("Gift wrapping belongs into the total, and the receipt has to say so."),
      edit(SHARED_FILE, [
        {
          oldText: "  return subtotal(cart.items) + shipping(cart.items);\n",
          newText: "  return subtotal(cart.items) + shipping(cart.items) + giftWrap(cart);\n",
        },
        {
          oldText: '  lines.push(`Total: ${total(cart)} EUR`);\n  return lines.join("\\n");\n}\n',
          newText:
            "  if (cart.wrapped) lines.push(`Gift wrapping: ${giftWrap(cart)} EUR`);\n" +
            '  lines.push(`Total: ${total(cart)} EUR`);\n  return lines.join("\\n");\n}\n\n' +
            "export function giftWrap(cart) {\n  return cart.wrapped ? 3.5 : 0;\n}\n",
        },
      ]),
    ],
    [
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
    ],
    [test(pace)],
    [say("Gift wrapping is written, with a test, and every test passes. Shall I commit it?")],
  ],
  commit: () => [
    [commitAll("Offer gift wrapping at the checkout")],
    [say("Gift wrapping is on feature/gift-wrap. Every test passes.")],
  ],
};

const hotfix: Role = {
  role: "hotfix",
  name: "rounding",
  task: "A receipt shows a total of 8.200000000000001 EUR. Mend it at once, and show it to me before you commit.",
  goAhead: "Yes, commit the fix of the rounding.",
  branch: "hotfix/rounding",
  provider: "demo-openai",
  mark: "Math.round",
  work: (pace) => [
    [say("I look at how prices are added up."), read(SHARED_FILE)],
    [
      say("They are added up as fractions. They have to be added up in cents."),
      edit(SHARED_FILE, [
        {
          oldText: "  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);\n",
          newText:
            "  const cents = items.reduce((sum, item) => sum + Math.round(item.price * 100) * item.quantity, 0);\n" +
            "  return cents / 100;\n",
        },
      ]),
    ],
    [
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
    ],
    [test(pace)],
    [say("The rounding is mended, with a test, and every test passes. Shall I commit it?")],
  ],
  commit: () => [[commitAll("Add up prices in cents")], [say("The fix is on hotfix/rounding. Every test passes.")]],
};

export const ROLES: readonly Role[] = [feature, hotfix];
