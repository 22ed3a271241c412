import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPlace, testDriver, textOf, type PlaceOptions } from "../../testing/driver-conformance.ts";
import { describeExit } from "../describe-exit.ts";
import { promptText } from "../prompt-text.ts";
import { commandDriver } from "./driver.ts";

const command = (...args: string[]) => ({ driver: "command", command: args });
const shell = (line: string) => command("sh", "-c", line);
const stubborn = "trap '' TERM HUP INT; while :; do sleep 1; done";

testDriver(commandDriver, {
  replies: { choice: shell("tr a-z A-Z"), text: "hello", with: "HELLO" },
  fails: { choice: shell("echo oops >&2; exit 3"), text: "hello" },
  hangs: { choice: shell(`(setsid sh -c "${stubborn}" &); (sh -c "${stubborn}" &); ${stubborn}`), text: "hello" },
  resumes: { choice: command("cat"), text: "hello", told: "may have partly run" },
});

const open = (options: Omit<PlaceOptions, "mode" | "text">) =>
  openPlace(commandDriver, { mode: "namespace", text: "hello", ...options });

describe("command", () => {
  it("says how the program failed, with the end of its stderr", async () => {
    await using place = await open({ choice: shell("seq 1 100000 >&2; echo the end >&2; exit 3") });
    const end = (await place.turn()).at(-1) as { note: string };
    expect(end.note).toMatch(/sh ended with exit code 3\.[\s\S]*the end$/);
    expect(end.note.length).toBeLessThan(5_000);
  });

  it("says when the program was killed", async () => {
    await using place = await open({ choice: shell("kill -9 $$") });
    expect((await place.turn()).at(-1)).toMatchObject({
      stopReason: "failed",
      note: expect.stringContaining("exit code 137 (SIGKILL)"),
    });
  });

  it("names a program that is missing", async () => {
    await using place = await open({ choice: command("no-such-tool-here") });
    expect((await place.turn()).at(-1)).toMatchObject({
      stopReason: "failed",
      note: expect.stringContaining('"no-such-tool-here" is not on PATH'),
    });
  });

  it("does not mind a program that reads nothing", async () => {
    await using place = await open({ choice: command("true") });
    expect((await place.turn({ text: "x".repeat(1_000_000) })).at(-1)).toMatchObject({ stopReason: "end_turn" });
  });

  it("keeps characters whole that arrive in pieces", async () => {
    await using place = await open({ choice: shell(String.raw`printf '\303'; sleep 0.1; printf '\251'`) });
    expect(textOf(await place.turn())).toBe("é");
  });

  it("keeps a transcript of what was said and told", async () => {
    await using place = await open({ choice: shell("cat; echo aside >&2") });
    await place.turn({ text: "the prompt" });
    const transcript = readFileSync(join(place.options.transcripts, "first.log"), "utf8");
    expect(transcript).toMatch(/attempt 1: .*\nthe prompt\n---\n[\s\S]*aside\n[\s\S]*exit code 0/);
  });

  it("ends with the program although something it started holds its output open", async () => {
    await using place = await openPlace(commandDriver, {
      mode: "sweep",
      text: "",
      choice: shell(`echo done; setsid sh -c "${stubborn}" &`),
    });
    const events = await place.turn();
    expect(textOf(events)).toBe("done\n");
    expect(place.processes()).toEqual([]);
  });

  it("reads a program that never stops writing no faster than it must", async () => {
    await using place = await open({ choice: command("yes") });
    const abort = new AbortController();
    setTimeout(() => abort.abort("cancel"), 500);
    const before = process.memoryUsage().rss;
    const end = (await place.turn({}, abort.signal)).at(-1);
    expect(end).toMatchObject({ stopReason: "cancelled" });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it("tells the program what it goes on with and which files belong to the prompt", () => {
    const prompt = { turn: "t", text: "do it", attachments: [{ path: "home/a.txt" }], attempt: 2, resumed: true };
    expect(promptText(prompt)).toBe(
      "This turn was interrupted and may have partly run. See what is done already before you go on with it:\n\n" +
        "do it\n\nAttached files:\n- home/a.txt\n",
    );
  });

  it.each([
    [{ code: 3, signal: null }, "ended with exit code 3"],
    [{ code: 137, signal: null }, "ended with exit code 137 (SIGKILL)"],
    [{ code: null, signal: "SIGSEGV" as const }, "was ended by SIGSEGV"],
    [
      { code: 137, signal: null, outOfMemory: true },
      "ended with exit code 137 (SIGKILL): the session's memory was at its limit",
    ],
    [{ code: 1, signal: null, outOfMemory: true }, "ended with exit code 1"],
  ])("describes %j", (exit, text) => {
    expect(describeExit(exit)).toBe(text);
  });
});
