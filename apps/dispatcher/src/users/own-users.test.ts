import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isSameProcess, listSessionIds, ownerOf, sendMessage, userOf, type Owner } from "@harness/core";
import { socketName } from "@harness/credentials";
import { startScriptedModel, type ScriptedModel } from "@harness/scripted-model";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CANARY, cloud, ended, says, spawnPi, withKey } from "../credentials/testing/cloud.ts";
import { readWorker } from "../credentials/worker-record.ts";
import { parseConfig, type Config } from "../config.ts";
import { mergeAll } from "../merges/testing/queue-lab.ts";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { killSession } from "../sessions/kill.ts";
import { readEvents } from "../sessions/read-events.ts";
import { removeSession } from "../sessions/remove.ts";
import { resumeSession } from "../sessions/resume.ts";
import { rotateToken } from "../sessions/rotate-token.ts";
import { runDispatcher, testConfig, type TestDispatcher } from "../supervisor/testing/dispatchers.ts";
import { diffSession } from "../worktrees/diff.ts";
import { openPlace, requireUsers, type OpenPlace } from "./testing/open-place.ts";
import { pathsBelow } from "./testing/paths-below.ts";
import { CHANGE, CONNECT, OPEN, SIGNAL, SWAP, WRITE } from "./testing/scripts.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const first = openPlace();
const works = await requireUsers(first.root, testConfig());

describe.runIf(works)("with users of their own", () => {
  const place: OpenPlace = first;
  const { root } = place;
  let model: ScriptedModel;
  let config: Config;
  let dispatcher: TestDispatcher;
  /** Two of one repository, one of another, which asks a model. */
  const id: Record<"a" | "b" | "c", string> = { a: "", b: "", c: "" };
  const owner = (name: keyof typeof id): Owner => ownerOf(root.session(id[name]).directory)!;
  const pidOf = (name: keyof typeof id) => getSession(dispatcher.context, id[name]).pid ?? 0;

  beforeAll(async () => {
    model = await startScriptedModel({ script: says("Here."), keys: [CANARY] });
    const repository = place.repository("shop");
    const settings = JSON.stringify({
      repositories: { [repository]: { gate: "id -u; id -g; git log --format=%s -1" } },
    });
    config = { ...cloud(model.url), repositories: parseConfig(settings).repositories };
    dispatcher = await runDispatcher(root, { config, environment: withKey });
    const { context } = dispatcher;
    const begin = async (name: "a" | "b") => {
      const steps = [
        { do: "edit", path: `${name}.txt`, write: `by ${name}\n` },
        { do: "commit", message: `work of ${name}` },
        { do: "edit", path: `${name}.left`, write: "not committed\n" },
        { do: "say", text: "done" },
      ];
      const { id: made } = await createSession(context, {
        task: "work",
        agent: "scripted",
        script: [steps],
        repository,
        name,
      });
      id[name] = made;
      return ended(dispatcher, made);
    };
    const [a, b, c] = await Promise.all([begin("a"), begin("b"), spawnPi(dispatcher)]);
    id.c = c.id;
    for (const session of [a, b, await ended(dispatcher, c.id)])
      expect([session.id, session.turn?.failure]).toEqual([session.id, undefined]);
  });
  afterAll(async () => {
    await dispatcher.close({ all: true });
    await model.close();
    await place[Symbol.asyncDispose]();
  });

  test("each session and each worker runs as somebody, in a group of its repository or alone", () => {
    expect(dispatcher.context.users.verdict).toMatchObject({ own: true });
    const worker = readWorker(root, "cloud")!;
    const users = [...(["a", "b", "c"] as const).map((name) => userOf(pidOf(name))), userOf(worker.pid)];
    expect(users.every((uid) => uid !== null && uid >= 1_900_000_000)).toBe(true);
    expect(new Set(users).size).toBe(4);
    expect(users.slice(0, 3)).toEqual([owner("a").uid, owner("b").uid, owner("c").uid]);
    expect([owner("a").gid === owner("b").gid, owner("c").gid]).toEqual([true, owner("c").uid]);
    // Behind the wall, too: whatever the agent process started.
    expect(getSession(dispatcher.context, id.a)).toMatchObject({
      runsAs: owner("a").uid,
      wall: { sandbox: "bubblewrap" },
    });
    for (const path of pathsBelow(root.session(id.a).directory))
      expect([path, ownerOf(path)]).toEqual([path, owner("a")]);
  });

  test("outside of every sandbox a session opens what is its own, the objects it borrows, and nothing else", async () => {
    const all = pathsBelow(root.path);
    const opened = await place.runAs<string[]>(owner("a"), OPEN, all);
    const own = root.session(id.a).directory;
    const hub = readdirSync(root.hub).map((name) => join(root.hub, name));
    expect(hub).toHaveLength(1);
    expect(opened).toContain(root.session(id.a).token);
    expect(opened).toContain(join(hub[0]!, "objects"));
    const others = opened.filter((path) => ![own, ...hub].some((each) => path === each || path.startsWith(`${each}/`)));
    expect(others).toEqual([]);
    // Somebody of another repository does not even see these objects.
    const seen = await place.runAs<string[]>(owner("c"), OPEN, all);
    expect(seen.filter((path) => !path.startsWith(root.session(id.c).directory))).toEqual([
      join(root.run.sockets, id.c, "cloud"),
    ]);
  });

  test("nor does it change anything: of the hub, of others, of the dispatcher", async () => {
    const all = pathsBelow(root.path);
    const changed = await place.runAs<string[]>(owner("a"), CHANGE, all);
    expect(changed).toContain(root.session(id.a).inbox.path);
    expect(changed.filter((path) => !path.startsWith(root.session(id.a).directory))).toEqual([]);
  });

  test("it reads no memory, no environment and no open file of a worker or another session, and ends none of them", async () => {
    const worker = readWorker(root, "cloud")!;
    const pids = [worker.pid, pidOf("b"), process.pid];
    const secrets = pids.flatMap((pid) => ["environ", "mem", "maps", "fd"].map((name) => `/proc/${pid}/${name}`));
    expect(await place.runAs<string[]>(owner("a"), OPEN, secrets)).toEqual([]);
    expect(await place.runAs<string[]>(owner("a"), OPEN, [`/proc/${pidOf("a")}/environ`])).toHaveLength(1);
    expect(await place.runAs<number[]>(owner("a"), SIGNAL, [...pids, pidOf("a")])).toEqual([pidOf("a")]);
    expect(pids.every((pid) => existsSync(`/proc/${pid}`))).toBe(true);
  });

  test("a worker's socket takes its session, and nobody else", async () => {
    const door = join(root.run.sockets, id.c, socketName("cloud"));
    expect(await place.runAs<string[]>(owner("a"), CONNECT, [door])).toEqual([]);
    expect(await place.runAs<string[]>(owner("c"), CONNECT, [door])).toEqual([door]);
  });

  test("a worker opens its own place, and no session, no key of others and no token", async () => {
    const uid = userOf(readWorker(root, "cloud")!.pid)!;
    const opened = await place.runAs<string[]>({ uid, gid: uid }, OPEN, pathsBelow(root.path));
    const own = [root.workerOf("cloud").directory, join(root.run.sockets, id.c, "cloud")];
    expect(opened).toContain(join(own[0]!, "grants", `${id.c}.json`));
    expect(opened.filter((path) => !own.some((each) => path === each || path.startsWith(`${each}/`)))).toEqual([]);
  });

  test("what root writes into a session is the session's: messages, and a new token", async () => {
    const paths = root.session(id.c);
    await sendMessage(paths, { kind: "prompt", body: { text: "again" } });
    expect(await ended(dispatcher, id.c, 2)).toMatchObject({ lastLine: "Here." });
    await rotateToken(dispatcher.context, id.c);
    expect(ownerOf(paths.token)).toEqual(owner("c"));
    expect(model.requests.length).toBeGreaterThan(1);
  });

  test("after it was killed a session starts as who it was, and another dispatcher adopts it", async () => {
    const before = owner("b");
    await killSession(dispatcher.context, id.b);
    await resumeSession(dispatcher.context, id.b);
    expect([owner("b"), userOf(pidOf("b"))]).toEqual([before, before.uid]);
    const pid = pidOf("b");
    await dispatcher.close();
    dispatcher = await runDispatcher(root, { config, environment: withKey });
    expect(pidOf("b")).toBe(pid);
  });

  test("links in the place of its folders lead root nowhere", async () => {
    const { context } = dispatcher;
    const paths = root.session(id.b);
    const trap = join(dirname(root.path), "trap");
    mkdirSync(trap, { mode: 0o700 });
    await killSession(context, id.b);
    await place.runAs(owner("b"), SWAP, [
      [paths.inbox.path, trap],
      [paths.log, root.session(id.a).log],
    ]);
    await expect(sendMessage(paths, { kind: "prompt", body: { text: "x" } })).rejects.toMatchObject({
      code: "session-damaged",
    });
    expect(await readEvents(context, id.b)).toEqual([]);
    expect((await readEvents(context, id.a)).length).toBeGreaterThan(0);
    await expect(resumeSession(context, id.b)).rejects.toMatchObject({ code: "spawn-failed" });
    expect(readdirSync(trap)).toEqual([]);
  });

  test("a status that names somebody else's process ends nobody", async () => {
    const worker = readWorker(root, "cloud")!;
    const { status } = root.session(id.a);
    const told = JSON.parse(readFileSync(status, "utf8"));
    await killSession(dispatcher.context, id.a);
    const lie = JSON.stringify({ ...told, process: { ...told.process, ...worker } });
    await place.runAs(owner("a"), WRITE, { path: status, text: lie });
    await killSession(dispatcher.context, id.a);
    expect(isSameProcess(worker)).toBe(true);
  });

  test("its work is shown, merged and, when it goes, kept", async () => {
    const { context } = dispatcher;
    const diff = await diffSession(context, { id: id.a });
    expect(diff.files.map(({ path }) => path)).toEqual(["a.left", "a.txt"]);
    const [merged] = await mergeAll(dispatcher, { sessions: [id.a] });
    expect(merged).toMatchObject({ outcome: "merged", gate: { sandbox: "bubblewrap" } });
    const [gateUser, gateGroup, subject] = (merged?.gate?.tail ?? "").split("\n");
    expect([gateGroup, subject]).toEqual([String(owner("a").gid), expect.stringContaining("Merge")]);
    expect(Number(gateUser)).toBeGreaterThan(owner("b").uid);
    const { uid } = owner("a");
    const { salvaged } = await removeSession(context, id.a);
    expect(salvaged.join("\n")).toMatch(/What was not committed is kept as refs/);
    expect(listSessionIds(root)).not.toContain(id.a);
    // Its number is nobody's again.
    const { id: next } = await createSession(context, { task: "x", agent: "scripted", script: [[]] });
    expect(ownerOf(root.session(next).directory)?.uid).toBeGreaterThan(uid);
  });
});
