import { expect, test } from "vitest";
import { ScriptError } from "./script-error.ts";
import { parseScript } from "./script.ts";

const scenario = (...replies: unknown[]) => ({ scenarios: [{ name: "one", replies }] });

test("every step of the format is accepted", () => {
  const script = scenario(
    [
      { error: 429, message: "Later.", retryAfterMs: 2000, times: 1 },
      { delayMs: 10 },
      { text: "Hello.", everyMs: 5 },
      { run: "ls" },
      { write: { path: "a", content: "" } },
      { tool: "mine", input: { any: [1] } },
    ],
    [
      { hang: true, times: 1 },
      { disconnect: true, times: 2 },
    ],
  );
  expect(parseScript(script)).toEqual(script);
});

test.for<[string, unknown, string]>([
  ["no scenario", { scenarios: [] }, "scenarios"],
  ["a step nobody knows", scenario([{ shout: "x" }]), "scenarios[0].replies[0][0]"],
  ["two steps in one", scenario([{ text: "x", run: "ls" }]), "scenarios[0].replies[0][0]"],
  ["a status that is no failure", scenario([{ error: 200 }]), "scenarios[0].replies[0][0]"],
  ["an unknown field", { ...scenario([]), speed: 1 }, 'Unrecognized key: "speed"'],
  ["a reply behind the end of the turn", scenario([{ text: "Bye." }], [{ run: "ls" }]), "reply 2 is never reached"],
])("a script with %s is refused, and the place named", ([, script, place]) => {
  expect(() => parseScript(script)).toThrow(ScriptError);
  expect(() => parseScript(script)).toThrow(place);
});
