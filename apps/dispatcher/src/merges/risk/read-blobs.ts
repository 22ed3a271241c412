import { setImmediate } from "node:timers/promises";
import { type GitContext, runGit } from "../../worktrees/git.ts";

const BLOB_BYTES = 4 * 1024 * 1024;
const PORTION_BYTES = 32 * 1024 * 1024;
const TOTAL_BYTES = 512 * 1024 * 1024;

/**
 * Gives `use` the blobs named, a portion of them in memory at a time: every group at once, so that both sides of a file
 * are there together. Null stands for one that is too large, or beyond what is read of one merge.
 */
export async function eachGroup<T extends { oids: readonly string[] }>(
  context: GitContext,
  { gitDirectory, groups }: { gitDirectory: string; groups: readonly T[] },
  use: (group: T, read: (oid: string) => Buffer | null) => void,
): Promise<void> {
  const sizes = await readSizes(context, gitDirectory, [...new Set(groups.flatMap(({ oids }) => oids))]);
  const isRead = (oid: string) => (sizes.get(oid) ?? Infinity) <= BLOB_BYTES;
  let left = TOTAL_BYTES;
  let portion: T[] = [];
  let bytes = 0;
  const flush = async () => {
    const wanted = [...new Set(portion.flatMap(({ oids }) => oids))].filter(isRead);
    const blobs = left < 0 ? new Map<string, Buffer>() : await readBlobs(context, gitDirectory, wanted);
    for (const [index, group] of portion.entries()) {
      use(group, (oid) => blobs.get(oid) ?? null);
      // What is looked at may be megabytes, and others wait for this process.
      if (index % 8 === 7) await setImmediate();
    }
    portion = [];
    bytes = 0;
  };
  for (const group of groups) {
    const size = group.oids.filter(isRead).reduce((sum, oid) => sum + (sizes.get(oid) ?? 0), 0);
    if (bytes + size > PORTION_BYTES) await flush();
    portion.push(group);
    bytes += size;
    left -= size;
  }
  await flush();
}

async function readSizes(context: GitContext, gitDirectory: string, oids: string[]): Promise<Map<string, number>> {
  if (oids.length === 0) return new Map();
  const args = ["cat-file", "--batch-check=%(objecttype) %(objectsize)"];
  const { text } = await runGit(context, args, { gitDirectory, input: oids.map((oid) => `${oid}\n`).join("") });
  const lines = text.split("\n");
  return new Map(
    oids.flatMap((oid, index): [string, number][] => {
      const [type, size] = (lines[index] ?? "").split(" ");
      return type === "blob" ? [[oid, Number(size)]] : [];
    }),
  );
}

// `<oid> blob <size>`, the bytes, a line break.
async function readBlobs(context: GitContext, gitDirectory: string, oids: string[]): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  if (oids.length === 0) return blobs;
  const input = oids.map((oid) => `${oid}\n`).join("");
  const { bytes } = await runGit(context, ["cat-file", "--batch"], { gitDirectory, input });
  let at = 0;
  for (const oid of oids) {
    const end = bytes.indexOf(0x0a, at);
    const size = Number(bytes.subarray(at, end).toString("latin1").split(" ")[2]);
    blobs.set(oid, bytes.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return blobs;
}
