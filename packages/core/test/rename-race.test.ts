import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { openDirectorySafe, readFileSafe } from "../src/index.ts";
import { requireTool, temporaryDirectory } from "../src/testing/index.ts";

const LIMIT = 1024;
const WANTED = 500;

type Answer = "ours" | "refused";

// Swaps two names in one system call, as often as it can: renameat2 with RENAME_EXCHANGE.
const FLIPPER = `
import ctypes, sys
a, b = (name.encode() for name in sys.argv[1:])
libc = ctypes.CDLL(None, use_errno=True)
if libc.renameat2(-100, a, -100, b, 2) != 0: sys.exit(9)
print("flipping", flush=True)
while True: libc.renameat2(-100, a, -100, b, 2)
`;

/** Reads while both names are swapped, until either answer was seen often: what is swapped only before or after is no race. */
async function race(paths: [string, string], read: () => Promise<Answer>): Promise<Record<Answer, number>> {
  const flipper = spawn("python3", ["-c", FLIPPER, ...paths], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(flipper.stdout, "data");
    const seen = { ours: 0, refused: 0 };
    while (Math.min(seen.ours, seen.refused) < WANTED) seen[await read()]++;
    return seen;
  } finally {
    flipper.kill("SIGKILL");
    await once(flipper, "exit");
  }
}

async function answer(read: () => Promise<Uint8Array>): Promise<Answer> {
  try {
    expect(Buffer.from(await read()).toString()).toBe("ours");
    return "ours";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "session-damaged") return "refused";
    throw error;
  }
}

test("a file that is swapped with a link all the time gives nothing away of where the link leads", async () => {
  if (!requireTool("python3")) return;
  await using place = temporaryDirectory();
  const [report, link, secret] = ["report.msg", "link", "secret"].map((name) => join(place.path, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(secret, "secret");
  writeFileSync(report, "ours");
  symlinkSync(secret, link);
  await race([report, link], () => answer(() => readFileSafe(report, LIMIT)));
  // Both names are still there: it was the flipping that was read through.
  expect([report, link].filter((path) => isLink(path))).toHaveLength(1);
});

test("a directory that is swapped with a link all the time gives nothing away of where the link leads", async () => {
  if (!requireTool("python3")) return;
  await using place = temporaryDirectory();
  const at = (...names: string[]) => join(place.path, ...names);
  for (const name of ["outbox", "other"]) mkdirSync(at(name));
  writeFileSync(at("other", "token"), "secret");
  writeFileSync(at("outbox", "token"), "ours");
  symlinkSync(at("other"), at("link"));
  const seen = await race([at("outbox"), at("link")], () =>
    answer(async () => {
      const directory = await openDirectorySafe(at("outbox"));
      try {
        return directory.read("token", { limit: LIMIT }).bytes;
      } finally {
        directory.close();
      }
    }),
  );
  expect(Object.keys(seen)).toEqual(["ours", "refused"]);
});

function isLink(path: string): boolean {
  try {
    return readlinkSync(path) !== "";
  } catch {
    return false;
  }
}
