import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "@harness/core";
import { execa } from "execa";
import { parseAccounts } from "./id-range.ts";

const PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
/** A directory that does not answer keeps nobody waiting for longer. */
const PATIENCE_MS = 5000;

/** Those of this machine's own files, which are quickly read. */
export function accounts(): number[] {
  return ["passwd", "group"].flatMap((name) => parseAccounts(read(join("/etc", name))));
}

/**
 * Which of these numbers the system knows as users or groups, from wherever it has them: those of a directory service stand
 * in no file. None where nothing can be asked.
 */
export async function knownAccounts(ids: readonly number[], program = "getent"): Promise<number[]> {
  const options = { env: { PATH }, extendEnv: false, reject: false, timeout: PATIENCE_MS } as const;
  const books = ["passwd", "group"].map((book) => execa(program, [book, ...ids.map(String)], options));
  const answers = await Promise.all(books);
  // Numbers that are not there are no failure: it tells the others all the same.
  return answers.flatMap(({ stdout }) => parseAccounts(stdout ?? "")).filter((id) => ids.includes(id));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "";
  }
}
