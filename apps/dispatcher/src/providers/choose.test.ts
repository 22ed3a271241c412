import { isHarnessError, type Wire } from "@harness/core";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { chooseProvider } from "./choose.ts";

function hintFor(wires: readonly Wire[]): string {
  try {
    const wish = {
      config: parseConfig(""),
      environment: {},
      holdsKey: () => false,
      agent: "some",
      takesDefault: true,
      asked: undefined,
    };
    chooseProvider({ ...wish, wires });
  } catch (error) {
    if (isHarnessError(error)) return error.hint ?? "";
  }
  throw new Error("It was to be refused with a hint.");
}

test.each<[Wire[]]>([[["anthropic", "openai-chat"]], [["openai-responses"]], [["gemini"]]])(
  "what an agent that speaks %j is told to write into config.yaml can be written there",
  (wires) => {
    const example = /`(providers: .*?)`/.exec(hintFor(wires))?.[1] ?? "";
    const { mine } = parseConfig(example.replace("ADDRESS", "http://127.0.0.1:1")).providers;
    expect(mine).toMatchObject({ wire: wires.at(-1), baseUrl: expect.stringMatching(/^http:/) });
  },
);
