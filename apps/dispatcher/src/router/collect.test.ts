import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createSession, derivedMessageId, stateRoot, systemClock, type Outbound } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { describe, expect, test } from "vitest";
import type { ApiEvent } from "../sessions/schema.ts";
import { createCollector, type Collector, type Source } from "./collect.ts";
import { createFeed } from "./feed.ts";

async function openLab(ids = ["s"]) {
  const directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  mkdirSync(root.run.sessions, { recursive: true });
  for (const id of ids) await createSession(root.session(id), { v: 1, id, agent: { driver: "command" } });
  const feed = createFeed();
  const events: ApiEvent[] = [];
  feed.subscribe((event) => events.push(event));
  const warnings: object[] = [];
  const log = {
    info: () => {},
    warn: (_text: string, fields = {}) => void warnings.push(fields),
    error: () => {},
    close: () => {},
  };
  const open = () => createCollector({ root, clock: systemClock, log, feed });
  const source = (id = "s"): Source => ({ id, paths: root.session(id), rejected: new Map() });
  const report = (id: string, more: Partial<Outbound> = {}, session = "s") =>
    writeFileSync(
      join(root.session(session).outbox.path, `${id}.msg`),
      JSON.stringify({ v: 1, id, kind: "progress", createdAt: "2026-01-01T00:00:00Z", body: { text: id }, ...more }),
    );
  const outbox = root.session("s").outbox.path;
  const told = () => events.flatMap((event) => (event.type === "message.reported" ? [event.message.id] : []));
  return {
    root,
    open,
    source,
    report,
    outbox,
    events,
    warnings,
    told,
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}

async function drain(collector: Collector, source: Source): Promise<void> {
  while (await collector.collect(source));
}

test("each report is told once, by this dispatcher and the next, and none is removed", async () => {
  await using lab = await openLab();
  const { report, open, source, told, outbox } = lab;
  report("a");
  const collector = open();
  await drain(collector, source());
  report("b");
  await drain(collector, source());
  await drain(collector, source());
  expect(told()).toEqual(["a", "b"]);
  await drain(open(), source());
  expect(told()).toEqual(["a", "b"]);
  report("c");
  await drain(open(), source());
  expect(told()).toEqual(["a", "b", "c"]);
  expect(readdirSync(outbox).filter((name) => name.endsWith(".msg"))).toHaveLength(3);
});

test("a wish for another session is refused, with one answer however often it is seen", async () => {
  await using lab = await openLab();
  const body = { task: "rm -rf /", cwd: "/", command: ["sh"] };
  lab.report("wish", { kind: "spawn", body });
  await drain(lab.open(), lab.source());
  await drain(lab.open(), lab.source());
  const { inbox } = lab.root.session("s");
  const answers = readdirSync(inbox.path).filter((name) => name.endsWith(".msg"));
  expect(answers).toEqual([`${derivedMessageId("s", "wish", 0)}.msg`]);
  expect(readdirSync(lab.root.sessions)).toEqual(["s"]);
});

test("what is remembered of reports goes with them, also while the dispatcher runs", async () => {
  await using lab = await openLab();
  const collector = lab.open();
  const marks = () => readdirSync(lab.root.runOf("s").acted).length;
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 500; n++) lab.report(`r${round}n${n}`);
    await drain(collector, lab.source());
    // As the agent process does after thirty days.
    for (const name of readdirSync(lab.outbox)) if (name.endsWith(".msg")) rmSync(join(lab.outbox, name));
  }
  expect(new Set(lab.told()).size).toBe(2500);
  expect(lab.told()).toHaveLength(2500);
  expect(marks()).toBeLessThanOrEqual(1000);
});

describe("a hostile outbox", () => {
  test("nothing but a plain file of the right name, size and content is read, and each refusal is told once", async () => {
    await using lab = await openLab(["s", "victim"]);
    const { outbox, report, source, told, warnings, root } = lab;
    const secret = join(root.path, "secret.json");
    writeFileSync(secret, JSON.stringify({ v: 1, kind: "progress", createdAt: "x", body: { text: "stolen" } }));
    symlinkSync(secret, join(outbox, "link.msg"));
    symlinkSync("/dev/zero", join(outbox, "zero.msg"));
    linkSync(secret, join(outbox, "hard.msg"));
    execFileSync("mkfifo", [
      join(outbox, "fifo.msg"),
      join(outbox, "fifo2.msg"),
      join(outbox, "fifo3.msg"),
      join(outbox, "fifo4.msg"),
    ]);
    mkdirSync(join(outbox, "folder.msg"));
    writeFileSync(join(outbox, "sparse.msg"), "");
    truncateSync(join(outbox, "sparse.msg"), 1024 ** 3);
    writeFileSync(join(outbox, "large.msg"), Buffer.alloc(1024 * 1024 + 1, 0x20));
    writeFileSync(join(outbox, "half.msg"), '{"v":1,"kind":"progr');
    writeFileSync(join(outbox, "number.msg"), "42");
    writeFileSync(
      join(outbox, "deep.msg"),
      `{"v":1,"kind":"progress","body":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    );
    writeFileSync(join(outbox, "proto.msg"), '{"v":1,"kind":"__proto__","createdAt":"x","body":{}}');
    writeFileSync(
      join(outbox, "other-id.msg"),
      JSON.stringify({ v: 1, id: "good", kind: "progress", createdAt: "x", body: { text: "" } }),
    );
    for (const name of ["-rf", "..msg", ".msg", "a b.msg", "a\nb.msg", "\u202egsm.msg", `${"x".repeat(65)}.msg`])
      writeFileSync(join(outbox, name), "{}");
    writeFileSync(Buffer.concat([Buffer.from(`${outbox}/`), Buffer.from([0xff, 0xfe]), Buffer.from(".msg")]), "{}");
    report("good");

    const from = source();
    const collector = lab.open();
    const begun = performance.now();
    await drain(collector, from);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(told()).toEqual(["good"]);
    expect(from.rejected.get("link.msg")).toContain("not-regular");
    expect(from.rejected.get("hard.msg")).toContain("hard-link");
    expect(from.rejected.get("sparse.msg")).toContain("too-large");
    const named = [...from.rejected.keys()];
    for (const name of ["zero", "fifo", "folder", "large", "half", "number", "deep", "proto", "other-id"])
      expect(named).toContain(`${name}.msg`);
    expect(named.filter((name) => /[^ -~\u00a0-\uffff]/.test(name))).toEqual([]);
    const count = warnings.length;
    report("later");
    await drain(collector, from);
    expect(told()).toEqual(["good", "later"]);
    expect(warnings).toHaveLength(count);
  });

  test("an outbox that is a link to another session's gives nothing away", async () => {
    await using lab = await openLab(["s", "victim"]);
    lab.report("private", {}, "victim");
    renameSync(lab.outbox, `${lab.outbox}.away`);
    symlinkSync(lab.root.session("victim").outbox.path, lab.outbox);
    const from = lab.source();
    await drain(lab.open(), from);
    expect(lab.told()).toEqual([]);
    expect([...from.rejected.keys()]).toEqual(["outbox"]);
  });

  test("a flood is taken in portions, and a long text is cut before it is kept in memory", async () => {
    await using lab = await openLab();
    for (let n = 0; n < 1500; n++) lab.report(`m${String(n).padStart(4, "0")}`);
    lab.report("zlong", { body: { text: "x".repeat(500_000) } });
    const collector = lab.open();
    const from = lab.source();
    expect(await collector.collect(from)).toBe(true);
    expect(lab.told().length).toBeLessThan(1200);
    await drain(collector, from);
    expect(lab.told()).toHaveLength(1501);
    expect(JSON.stringify(lab.events.at(-1)).length).toBeLessThan(20_000);
  });
});
