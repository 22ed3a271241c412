import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { openPlace, testDriver, textOf, type Place, type PlaceOptions } from "../../testing/driver-conformance.ts";
import { scriptedDriver } from "./driver.ts";
import { parsePromptScript, parseScript } from "./script.ts";

const choice = { driver: "scripted" };
const steps = (...list: object[]) => JSON.stringify(list);

testDriver(scriptedDriver, {
  replies: { choice, text: steps({ do: "say", text: "hello" }), with: "hello" },
  fails: { choice, text: steps({ do: "run", command: ["false"] }) },
  hangs: { choice, text: steps({ do: "tree" }, { do: "hang" }) },
});

const open = (options: Partial<PlaceOptions> & { text: string }) =>
  openPlace(scriptedDriver, { mode: "namespace", choice, ...options });

function git(place: Place, ...args: string[]): string {
  return execFileSync("git", ["-C", place.directory, ...args], { encoding: "utf8" });
}

describe("scripted", () => {
  it("begins no further step once it is closed", async () => {
    const begun = { do: "edit", path: "begun", write: "yes" };
    const late = { do: "edit", path: "late", write: "yes" };
    await using place = await open({ text: steps(begun, { do: "wait", ms: 500 }, late) });
    const turn = place.turn();
    await until(() => existsSync(join(place.directory, "begun")));
    await place.session.close();
    expect((await turn).at(-1)).toMatchObject({ type: "turn.ended", stopReason: "cancelled" });
    expect(existsSync(join(place.directory, "late"))).toBe(false);
  });

  it("edits, runs and commits for real", async () => {
    await using place = await open({
      text: steps(
        { do: "edit", path: "src/a.txt", write: "one\ntwo\n" },
        { do: "edit", path: "src/a.txt", find: "two", replace: "three" },
        { do: "run", command: "wc -l < src/a.txt" },
        { do: "commit", message: "Count to three" },
      ),
    });
    git(place, "init", "--quiet");
    const events = await place.turn();
    expect(events.at(-1)).toEqual({ type: "turn.ended", stopReason: "end_turn" });
    expect(events).toContainEqual({ type: "tool.returned", call: "step-3", ok: true, text: "2\n" });
    expect(git(place, "log", "--format=%s%n%an")).toBe("Count to three\nscripted\n");
    expect(git(place, "show", "HEAD:src/a.txt")).toBe("one\nthree\n");
  });

  it("passes over the steps that are done when a turn goes on, and makes no edit twice", async () => {
    const list = [
      { do: "run", command: "echo x >> count" },
      { do: "edit", path: "count", find: "x", replace: "y" },
      { do: "run", command: "test -f go" },
    ];
    await using place = await open({ text: steps(...list) });
    expect((await place.turn()).at(-1)).toMatchObject({ stopReason: "failed" });
    writeFileSync(join(place.directory, "go"), "");
    expect((await place.turn({ attempt: 2, resumed: true })).at(-1)).toMatchObject({ stopReason: "end_turn" });
    expect(readFileSync(join(place.directory, "count"), "utf8")).toBe("y\n");
  });

  it("takes one list of steps of its script per prompt, and says when it has no more", async () => {
    const script = [[{ do: "say", text: "one" }], [{ do: "say", text: "two" }]];
    await using place = await open({ choice: { ...choice, script }, text: "go on" });
    expect(textOf(await place.turn({ turn: "a" }))).toBe("one\n");
    expect(textOf(await place.turn({ turn: "b" }))).toBe("two\n");
    expect(await place.turn({ turn: "c" })).toMatchObject([
      { type: "turn.ended", note: expect.stringContaining("2 turns") },
    ]);
  });

  it("puts a person's answer into its texts", async () => {
    const text = steps(
      { do: "ask", text: "Which?", options: [{ id: "red", label: "Red" }], default: "red", deadlineMs: 5 },
      { do: "say", text: "You chose {answer}." },
    );
    await using place = await open({ text, answer: { outcome: "answered", option: "red" } });
    expect(textOf(await place.turn())).toBe("You chose red.\n");
    expect(place.asked).toMatchObject([
      { kind: "question", text: "Which?", defaultOption: "red", deadlineMs: 5, position: 1 },
    ]);
  });

  it("ends the turn when it is not allowed to go on", async () => {
    const text = steps({ do: "permission", text: "Push?" }, { do: "say", text: "pushed" });
    await using place = await open({ text, answer: { outcome: "refused" } });
    expect(await place.turn()).toEqual([{ type: "turn.ended", stopReason: "refusal", note: "Not allowed: Push?" }]);
  });

  it("does not write through a link that leads out of its directory", async () => {
    await using place = await open({ text: steps({ do: "edit", path: "out/x", write: "x" }) });
    symlinkSync("/tmp", join(place.directory, "out"));
    expect((await place.turn()).at(-1)).toMatchObject({
      stopReason: "failed",
      note: expect.stringContaining("leads out"),
    });
  });

  it("replies with the prompt when it has no script", async () => {
    await using place = await open({ text: "[1, 2" });
    expect(textOf(await place.turn())).toBe("[1, 2");
  });
});

describe("a script", () => {
  it.each([
    [[[{ do: "sing" }]], /0\.0\.do has to be one of say, edit, run/],
    [[[{ do: "say" }]], /0\.0\.text has to be a string/],
    [[[{ do: "say", text: "x", loud: true }]], /0\.0 has the unknown field loud/],
    [[[{ do: "edit", path: "../x", write: "" }]], /0\.0\.path: must be a path below/],
    [[[{ do: "edit", path: "x", find: "a" }]], /0\.0: needs either write, or find and replace/],
    [[[{ do: "wait" }]], /0\.0: needs either ms or file/],
    [{ turns: [] }, /it has to be an array/],
  ])("says what is wrong with %j", (script, problem) => {
    expect(() => parseScript(script, "agent.script")).toThrow(problem);
  });

  it("is a prompt only when it is a list of steps", () => {
    expect(parsePromptScript("hello")).toBeNull();
    expect(parsePromptScript("[]")).toBeNull();
    expect(parsePromptScript('{"do":"say"}')).toBeNull();
    expect(parsePromptScript('[{"do":"say","text":"x"}]')).toEqual([{ do: "say", text: "x" }]);
    expect(() => parsePromptScript('[{"do":"sing"}]')).toThrow(/one of say/);
  });
});
