import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { collect, openCommandLine, type CommandLine } from "../../test/command-line.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
beforeAll(async () => {
  line = openCommandLine();
  mkdirSync(line.root.path, { recursive: true });
  writeFileSync(line.root.config, "limits: { concurrent: 100 }\n");
  expect((await line.run(["up", "--detach", "--port", "0"])).code).toBe(0);
});
afterAll(() => line[Symbol.asyncDispose]());

async function spawn(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await line.run(["spawn", "--no-repo", ...words]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trim();
}

test("spawn prints the id alone, and --wait the reply", async () => {
  const { code, stdout, stderr } = await line.run(["spawn", "say it", "--no-repo", "--wait", "--", "tr", "a-z", "A-Z"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^[a-z2-7]{10}\nSAY IT\n$/);
});

test("spawn --command takes a shell line, and a task from standard input", async () => {
  const words = ["spawn", "-", "--no-repo", "--wait", "--json", "--command", "cat | tr a-z A-Z; pwd"];
  const ran = await line.run(words, { input: "from a pipe" });
  expect(ran.code).toBe(0);
  const session = ran.json();
  expect(session).toMatchObject({ task: "from a pipe", reply: { kind: "reply", body: { stopReason: "end_turn" } } });
  expect(session.reply.body.text).toContain("FROM A PIPE");
  expect(session.reply.body.text).toContain(join("sessions", session.id, "home", "work"));
});

test("spawn --wait exits with 1 when the turn fails", async () => {
  const { code, stderr } = await line.run(["spawn", "x", "--no-repo", "--wait", "--command", "echo broken; exit 3"]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("failed")]);
});

test("ps, show and logs tell of a session as the API does, with and without a dispatcher", async () => {
  const id = await spawn("hello", "--name", "greeter", "--label", "team=blue", "--wait", "--", "cat");
  const session = id.split("\n")[0] ?? "";
  const listed = (await line.run(["ps", "--json"])).json().find((one: { id: string }) => one.id === session);
  expect(listed).toMatchObject({
    id: session,
    name: "greeter",
    task: "hello",
    badge: "idle",
    labels: { team: "blue" },
  });
  const shown = (await line.run(["show", "greeter", "--json"])).json();
  expect(shown).toMatchObject({ ...listed, directory: join(line.root.sessions, session), keyInsideSession: false });

  const { url } = JSON.parse(readFileSync(line.root.run.dispatcher, "utf8"));
  const headers = { Authorization: `Bearer ${readFileSync(line.root.run.token, "utf8").trim()}` };
  const fromApi = await (await fetch(`${url}/api/sessions/${session}`, { headers })).json();
  expect(shown).toEqual(fromApi);

  const table = (await line.run(["ps"])).stdout;
  expect(table).toMatch(/^ID +NAME +BADGE +AGENT +BRANCH +TURN +AGE +LAST LINE$/m);
  expect(table).toMatch(new RegExp(`^${session} +greeter +idle +cat +- +1 +\\d+s +hello$`, "m"));
  expect((await line.run(["show", session.slice(0, 6)])).stdout).toContain("team=blue");
  expect((await line.run(["logs", "greeter"])).stdout).toMatch(/prompt +hello\n.*text +hello\n.*end +end_turn after /);
  const events = (await line.run(["logs", "greeter", "--json"])).stdout.trim().split("\n");
  expect(events.map((event) => JSON.parse(event).type)).toEqual(
    expect.arrayContaining(["session.started", "turn.started", "turn.ended"]),
  );
  expect((await line.run(["logs", "greeter", "--json", "--tail", "1"])).stdout.trim().split("\n")).toHaveLength(1);
});

test("send and answer are files; --wait prints the reply", async () => {
  const id = await spawn("[]", "--agent", "scripted");
  const sent = await line.run(["send", id, "the second prompt", "--wait"]);
  expect([sent.code, sent.stdout]).toEqual([0, "the second prompt\n"]);
  const named = await line.run(["send", id, "-", "--id", "my-own-id", "--json"], { input: "once" });
  expect(named.json()).toEqual({ session: id, id: "my-own-id", outcome: "published" });
  const again = await line.run(["send", id, "twice", "--id", "my-own-id"]);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("new id")]);
  expect((await line.run(["wait", id])).code).toBe(0);

  const ask = JSON.stringify([
    { do: "ask", text: "Which colour?", options: [{ id: "red", label: "Red" }] },
    { do: "say", text: "It is {answer}." },
  ]);
  const prompt = (await line.run(["send", id, ask])).stdout.trim();
  const waited = await line.run(["wait", id, "--json"]);
  expect([waited.code, waited.json()]).toEqual([
    1,
    [{ id, badge: "needs you", ok: false, reason: "asks: Which colour?" }],
  ]);
  const shown = await line.run(["show", id]);
  expect(shown.stdout).toContain("--option red  Red");
  const question = (await line.run(["show", id, "--json"])).json().waiting[0].id;
  const wrong = await line.run(["answer", id, question, "--option", "blue"]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Choose one of: red.")]);
  expect((await line.run(["answer", id, question.slice(0, 12), "--option", "red"])).code).toBe(0);
  expect((await line.run(["wait", id])).code).toBe(0);
  expect((await line.run(["logs", id])).stdout).toContain("It is red.");
  expect((await line.run(["answer", id, question, "late"])).stderr).toContain("no open question");
  expect(prompt).toMatch(/^[0-9a-f-]{36}$/);
});

test("a question that comes up during --wait is told, with the command that answers it", async () => {
  const id = await spawn("[]", "--agent", "scripted");
  const ask = JSON.stringify([
    { do: "ask", text: "Really?" },
    { do: "say", text: "You said {answer}." },
  ]);
  const sending = line.start(["send", id, ask, "--wait"]);
  const said = collect(sending);
  const ended = new Promise((resolve) => sending.once("close", resolve));
  const told = await until(() => /^harness answer (\S+) (\S+) "…"$/m.exec(said().stderr));
  expect([told[1], said().stderr]).toEqual([id, expect.stringContaining("The session asks: Really?")]);
  expect((await line.run(["answer", id, String(told[2]), "yes"])).code).toBe(0);
  expect([await ended, said().stdout]).toEqual([0, "You said yes.\n"]);
});

test("wait --any returns with the first, and --timeout gives up", async () => {
  const quick = await spawn("[]", "--agent", "scripted");
  const slow = await spawn('[{"do":"wait","ms":600000}]', "--agent", "scripted");
  const any = await line.run(["wait", quick, slow, "--any"]);
  expect([any.code, any.stdout]).toEqual([0, expect.stringContaining(quick)]);
  const late = await line.run(["wait", slow, "--timeout", "0.3", "--json"]);
  expect([late.code, JSON.parse(late.stderr).error.code]).toEqual([1, "timed-out"]);
  expect((await line.run(["kill", slow])).code).toBe(0);
  expect((await line.run(["wait", slow])).stdout).toContain("stopped with work left");
});

test("a reply that does not come in time is not sent for again", async () => {
  const words = [
    "spawn",
    '[{"do":"wait","ms":600000}]',
    "--no-repo",
    "--agent",
    "scripted",
    "--wait",
    "--timeout",
    "0.3",
  ];
  const late = await line.run(words);
  const id = late.stdout.trim();
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining(`No reply came in 0.3 s.`)]);
  expect(late.stderr).toContain(`\`harness wait ${id}\``);
  expect((await line.run(["kill", id])).code).toBe(0);
});

test("stop is sticky, resume goes on, rm removes", async () => {
  const id = await spawn("[]", "--agent", "scripted");
  await line.run(["wait", id]);
  expect((await line.run(["stop", id, "--json"])).json()).toMatchObject([{ id, alive: false }]);
  await line.run(["send", id, "while it is down"]);
  expect((await line.run(["wait", id])).stdout).toContain("stopped with work left");
  expect((await line.run(["resume", id])).code).toBe(0);
  expect((await line.run(["wait", id])).code).toBe(0);
  expect((await line.run(["logs", id])).stdout).toContain("while it is down");
  const removed = await line.run(["rm", id, "--json"]);
  expect([removed.code, removed.json()]).toMatchObject([0, [{ id }]]);
  const gone = await line.run(["show", id]);
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining(`There is no session ${id}`)]);
});

test("logs show one turn, or the conversation alone", async () => {
  const step = (word: string) =>
    JSON.stringify([
      { do: "run", command: `echo ran-${word}` },
      { do: "say", text: word },
    ]);
  const id = await spawn(step("first"), "--agent", "scripted");
  await line.run(["send", id, step("second"), "--wait"]);
  const last = (await line.run(["logs", id, "--turn", "last"])).stdout;
  expect(last).toMatch(
    /tool +run echo ran-second\n.*ok +ran-second\n.*text +second\n.*end +end_turn after [\d.]+ s\n$/,
  );
  expect(last).not.toContain("ran-first");
  const talk = (await line.run(["logs", id, "--turn", "1", "--no-tools"])).stdout;
  expect(talk).toMatch(/text +first\n.*end +end_turn/);
  expect(talk).not.toMatch(/(tool|ok) +/);
  const events = (await line.run(["logs", id, "--turn", "1", "--json"])).stdout.trim().split("\n");
  expect(new Set(events.map((event) => JSON.parse(event).turn)).size).toBe(1);
  const none = await line.run(["logs", id, "--turn", "3"]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("The log holds 2 turns.")]);
  expect((await line.run(["logs", id, "--turn", "1", "-f"])).code).toBe(2);
});

test("logs -f follows until the session is closed", async () => {
  const id = await spawn("[]", "--agent", "scripted");
  const following = line.run(["logs", id, "-f"]);
  await line.run(["send", id, "seen while following", "--wait"]);
  const { url } = JSON.parse(readFileSync(line.root.run.dispatcher, "utf8"));
  const headers = { Authorization: `Bearer ${readFileSync(line.root.run.token, "utf8").trim()}` };
  await fetch(`${url}/api/sessions/${id}/close`, { method: "POST", headers });
  const { code, stdout } = await following;
  expect(code).toBe(0);
  expect(stdout).toContain("seen while following");
  const closed = await line.run(["send", id, "too late", "--json"]);
  expect([closed.code, JSON.parse(closed.stderr).error.code]).toEqual([1, "session-closed"]);
  expect((await line.run(["ps", "--json"])).json().map((one: { id: string }) => one.id)).not.toContain(id);
  expect((await line.run(["ps", "--all", "--json"])).json().map((one: { id: string }) => one.id)).toContain(id);
});

test("what a coding agent writes does not reach the terminal as more than text", async () => {
  const hostile = "\u001b]0;owned\u0007\u001b[2Jclear\u001b]52;c;cm0=\u0007 \u202egpj.exe \u009b31m";
  const id = await spawn("x", "--agent", "scripted");
  await line.run(["send", id, hostile, "--wait"]);
  for (const words of [
    ["ps"],
    ["show", id],
    ["logs", id],
    ["ps", "--json"],
    ["logs", id, "--json"],
    ["send", id, hostile, "--wait"],
  ]) {
    const { stdout } = await line.run(words);
    expect(stdout).toContain("clear");
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test("token rotate and revoke say where, never what", async () => {
  const id = await spawn("[]", "--agent", "scripted");
  const file = line.root.session(id).token;
  const before = readFileSync(file, "utf8").trim();
  const rotated = await line.run(["token", "rotate", id, "--json"]);
  expect(rotated.json()).toEqual({ id, file });
  const after = readFileSync(file, "utf8").trim();
  expect(after).not.toBe(before);
  expect(rotated.stdout).not.toContain(after);
  expect((await line.run(["token", "revoke", id])).code).toBe(0);
  expect(() => readFileSync(file)).toThrow("ENOENT");
});
