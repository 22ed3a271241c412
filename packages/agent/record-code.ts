import { mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import v8 from "node:v8";
import { Script } from "node:vm";
import { createSession, sessionPaths } from "@harness/core";
import { CODE_MARK } from "./src/code-mark.ts";

// Starts the program in a session without a message, and keeps what V8 has compiled when it is ready: every agent process is
// spared that work. What a turn wants on top would be in the memory of those that never have one. V8 refuses code that was
// made under other flags, so this process wants those that an agent process is started with.
const path = resolve("dist/program.cjs");
const source = readFileSync(path, "utf8");
const scratch = mkdtempSync(join(tmpdir(), "harness-code-"));
// However this ends: the program may end the process.
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const paths = sessionPaths(join(scratch, "recorded"));
const agent = { name: "scripted", driver: "scripted", script: [] };
await createSession(paths, { v: 1, id: "recorded", agent, createdAt: new Date().toISOString() }, { token: "none" });
const told = join(scratch, "told");
const readyFd = openSync(told, "w");

// An agent process sets flags of its own, after it has taken the code.
v8.setFlagsFromString = () => {};
process.argv.splice(1, process.argv.length, path, "--session", "recorded", "--ready-fd", `${readyFd}`, "--nonce", "-");
process.chdir(paths.directory);
const script = new Script(source, { filename: path });
const program = script.runInThisContext() as (...scope: unknown[]) => void;
program({}, createRequire(path), {}, path, dirname(path));
while (readFileSync(told, "utf8") === "") await sleep(5);

const beside = join(dirname(path), `.program.${process.pid}.code`);
writeFileSync(beside, Buffer.concat([script.createCachedData(), Buffer.from(source.slice(0, CODE_MARK))]));
renameSync(beside, join(dirname(path), "program.code"));
process.exit();
