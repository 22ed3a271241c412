import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { CODE_MARK } from "./code-mark.ts";

type Program = (...scope: [typeof exports, typeof require, typeof module, string, string]) => void;

// V8 takes code for any source of the same length, and both files may be replaced at any moment.
function readCode(source: string): Buffer<ArrayBuffer> | undefined {
  try {
    const file = readFileSync(join(__dirname, "program.code"));
    return file.toString("latin1", file.length - CODE_MARK) === source.slice(0, CODE_MARK)
      ? file.subarray(0, -CODE_MARK)
      : undefined;
  } catch {
    // It saves time, and nothing else: V8 compiles what it needs.
    return undefined;
  }
}

function load(path: string): Program {
  const source = readFileSync(path, "utf8");
  const cachedData = readCode(source);
  const script = new Script(source, { filename: path, ...(cachedData && { cachedData }) });
  // Not later, by the collector: an idle session collects nothing.
  cachedData?.buffer.transfer(0);
  return script.runInThisContext() as Program;
}

const path = join(__dirname, "program.cjs");
load(path)(exports, require, module, path, __dirname);
