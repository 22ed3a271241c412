import { expect, it } from "vitest";
import type { AttemptResult } from "./judge.ts";
import { summarise, verdictWord } from "./tell-results.ts";

const one = (verdict: AttemptResult["verdict"], rows: string[] = ["A01"]): AttemptResult => ({
  id: "one",
  rows,
  title: "",
  expected: "",
  seen: "",
  verdict,
  tookMs: 0,
});
const [held, escaped, untried, missing] = [one("held"), one("escaped"), one("not tried"), one("escaped", [])];

it.each([
  [[], "No attempt was made."],
  [[held, held], "All 2 attempts held."],
  [[held, escaped], "1 of 2 attempts got through."],
  [[held, untried, escaped], "1 of 3 attempts got through, 1 could not be made."],
  [[held, untried], "1 of 2 attempts held, 1 could not be made."],
  [[held, missing], "1 of 2 attempts held, 1 control does not work, so that it proves little."],
])("%#: %s", (results, said) => {
  expect(summarise(results)).toBe(said);
});

it("nothing gets through a control", () => {
  expect([held, escaped, untried, missing].map(verdictWord)).toEqual(["held", "escaped", "not tried", "missing"]);
});
