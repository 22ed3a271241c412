// Another tool installs the package from its tarball and talks to a session, with nothing else of this repository.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { requireTool, temporaryDirectory } from "../src/testing/index.ts";

const PACKAGE = join(import.meta.dirname, "..");

const CLIENT = `
import { sendMessage, sessionPaths, waitForReply } from "@harness/core";
const paths = sessionPaths(process.argv[2]);
const { id } = await sendMessage(paths, { kind: "prompt", body: { text: "what is six times seven?" } });
const reply = await waitForReply(paths, id, { timeoutMs: 20_000 });
console.log(reply.body.text);
`;

const AGENT = `
import { openInbox, publishReport, sessionPaths, timestamp, watchBox } from "@harness/core";
const paths = sessionPaths(process.argv[2]);
const inbox = openInbox(paths.inbox);
for await (const _ of watchBox(paths.inbox, { signal: new AbortController().signal })) {
  for (const ready of await inbox.scan()) {
    const claimed = await inbox.start(await inbox.claim(ready));
    const body = { text: claimed.message.body.text.toUpperCase() + " 42", stopReason: "end_turn" };
    const reply = { v: 1, id: "reply-1", kind: "reply", replyTo: ready.id, createdAt: timestamp(), body };
    await publishReport(paths.outbox, reply);
    await inbox.settle(claimed);
  }
}
`;

test(
  "the packed package sends a message and reads the reply in a project of its own",
  { timeout: 120_000 },
  async () => {
    if (!requireTool("pnpm") || !requireTool("npm")) return;
    await using directory = temporaryDirectory();
    const project = join(directory.path, "project");
    const session = join(directory.path, "session");
    mkdirSync(project);
    mkdirSync(session);
    execFileSync("pnpm", ["pack", "--pack-destination", directory.path], { cwd: PACKAGE, stdio: "ignore" });
    const tarball = readdirSync(directory.path).find((name) => name.endsWith(".tgz")) ?? "none";
    writeFileSync(join(project, "package.json"), '{"type":"module","private":true}');
    // Its one dependency comes from this checkout, so that nothing is fetched.
    const zod = realpathSync(join(PACKAGE, "node_modules", "zod"));
    const install = ["install", "--offline", "--no-audit", "--no-fund", join("..", tarball), `file:${zod}`];
    execFileSync("npm", install, { cwd: project, stdio: "ignore" });
    expect(readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "@harness",
      "zod",
    ]);

    writeFileSync(join(project, "client.js"), CLIENT);
    writeFileSync(join(project, "agent.js"), AGENT);
    const agent = spawn(process.execPath, ["agent.js", session], { cwd: project, stdio: "inherit" });
    onTestFinished(() => void agent.kill("SIGKILL"));
    const client = spawn(process.execPath, ["client.js", session], {
      cwd: project,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let answer = "";
    client.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
    expect((await once(client, "close"))[0]).toBe(0);
    expect(answer).toBe("WHAT IS SIX TIMES SEVEN? 42\n");
  },
);
