import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, it } from "vitest";
import { CODE_MARK } from "../src/code-mark.ts";
import { PROGRAM_BUNDLE, SMALL } from "./agent-process.ts";

const run = promisify(execFile);

const TAKE = `
const { readFileSync } = require("node:fs");
const [program, code] = process.argv.slice(1);
const cachedData = readFileSync(code).subarray(0, -${CODE_MARK});
console.log(new (require("node:vm").Script)(readFileSync(program, "utf8"), { cachedData }).cachedDataRejected);
`;

async function startCopy(change: (directory: string) => void): Promise<string> {
  await using place = temporaryDirectory();
  cpSync(dirname(PROGRAM_BUNDLE), join(place.path, "dist"), { recursive: true });
  writeFileSync(join(place.path, "package.json"), '{"version":"4.5.6"}');
  change(join(place.path, "dist"));
  return (await run(process.execPath, [SMALL, join(place.path, "dist/harness-agent.cjs"), "--version"])).stdout;
}

it("is made of the program as it is, and V8 takes it under the flags of an agent process", async () => {
  const code = join(dirname(PROGRAM_BUNDLE), "program.code");
  const mark = readFileSync(PROGRAM_BUNDLE, "utf8").slice(0, CODE_MARK);
  expect(mark).toMatch(/^\/\*[0-9a-f]{16}\*\/$/);
  expect(readFileSync(code).subarray(-CODE_MARK).toString()).toBe(mark);
  expect((await run(process.execPath, [SMALL, "-e", TAKE, PROGRAM_BUNDLE, code])).stdout).toBe("false\n");
});

it("is not needed, and not taken for another program of the same length", async () => {
  expect(await startCopy((dist) => rmSync(join(dist, "program.code")))).toBe("4.5.6\n");
  expect(await startCopy((dist) => writeFileSync(join(dist, "program.code"), ""))).toBe("4.5.6\n");
  const other = (dist: string) => {
    const path = join(dist, "program.cjs");
    const text = readFileSync(path, "utf8");
    const changed = text.replace('"package.json"', '"facts.2.json"');
    expect(changed).toHaveLength(text.length);
    expect(changed).not.toBe(text);
    writeFileSync(path, changed.replace(/^\/\*.{16}/, "/*ffffffffffffffff"));
    writeFileSync(join(dist, "..", "facts.2.json"), '{"version":"7.8.9"}');
  };
  expect(await startCopy(other)).toBe("7.8.9\n");
});
