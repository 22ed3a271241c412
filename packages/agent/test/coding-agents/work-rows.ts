import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Actor, CodingAgent, Stage } from "./stage.ts";
import { KEYS } from "./script.ts";

/** What a coding agent is there for. */
export function testWork(agent: CodingAgent, stage: () => Stage): void {
  it.each(agent.wires)("answers a prompt over %s", async (wire) => {
    await using session = await stage().session({ wire });
    await session.begin();
    expect(await session.say("Please greet me.")).toMatchObject({ stopReason: "end_turn", text: "Good day." });
    expect(await session.asked("greet")).toMatchObject({ wire, status: 200, key: KEYS.first });
  });

  it("writes a file and commits it under its own name, and its tools are events", async () => {
    await using session = await stage().session();
    await session.begin();
    const reply = await session.say("Please work as one.");
    expect(reply).toMatchObject({ stopReason: "end_turn" });
    expect(reply.text).toMatch(/First a look\.[^]*Mended as one\./);
    expect(readFileSync(join(session.paths.worktree, "one.txt"), "utf8")).toBe("mended by one\n");
    expect(lastCommit(session)).toBe(`Mend as one|${agent.name}|${session.id}@sessions.harness.invalid`);
    const events = (await session.events()) as { type: string; call?: string; ok?: boolean; text?: string }[];
    const called = events.filter(({ type }) => type === "tool.called");
    expect(called.map(({ text }) => text).join("\n")).toMatch(/broken\.txt[^]*one\.txt[^]*git commit/);
    for (const { call } of called)
      expect(events.filter((event) => event.type === "tool.returned" && event.call === call)).toMatchObject([
        { ok: true },
      ]);
  });

  it("works twice at once, each in its own directory with its own key", async () => {
    await using one = await stage().session({ key: KEYS.first });
    await using two = await stage().session({ key: KEYS.second });
    await Promise.all([one.begin(), two.begin()]);
    const replies = await Promise.all([one.say("Please work as one."), two.say("Please work as two.")]);
    expect(replies).toMatchObject([{ stopReason: "end_turn" }, { stopReason: "end_turn" }]);
    expect([lastCommit(one), lastCommit(two)].map((line) => line.split("|")[0])).toEqual([
      "Mend as one",
      "Mend as two",
    ]);
    expect(existsSync(join(one.paths.worktree, "two.txt"))).toBe(false);
    expect(existsSync(join(two.paths.worktree, "one.txt"))).toBe(false);
    for (const [session, scenario, key] of [
      [one, "one", KEYS.first],
      [two, "two", KEYS.second],
    ] as const) {
      const requests = session.requests();
      expect(requests.length).toBeGreaterThan(2);
      for (const request of requests) expect(request).toMatchObject({ scenario, key });
    }
  });
}

function lastCommit({ paths }: Actor): string {
  const format = ["log", "-1", "--format=%s|%an|%ae"];
  return execFileSync("git", ["-C", paths.worktree, ...format], { encoding: "utf8" }).trim();
}
