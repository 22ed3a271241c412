import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";

export const ZERO = "0".repeat(40);
/** Of no files. */
const TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const PERSON = "Nobody <nobody@localhost> 1000000000 +0000";

export interface Commit {
  readonly oid: string;
  readonly body: Buffer;
}

/** The same words make the same commit. Pure. */
export function makeCommit(words: string, parent?: string): Commit {
  const lines = [`tree ${TREE}`, ...(parent === undefined ? [] : [`parent ${parent}`])];
  const body = Buffer.from([...lines, `author ${PERSON}`, `committer ${PERSON}`, "", words, ""].join("\n"));
  const oid = createHash("sha1").update(`commit ${body.length}\0`).update(body).digest("hex");
  return { oid, body };
}

/** Puts them, and the tree that they name, among the objects of a repository, as git does. */
export function keepCommits(gitDirectory: string, commits: readonly Commit[]): void {
  const trees = commits.length === 0 ? [] : [{ oid: TREE, type: "tree", body: Buffer.alloc(0) }];
  for (const { oid, type, body } of [...trees, ...commits.map((each) => ({ ...each, type: "commit" }))]) {
    const path = join(gitDirectory, "objects", oid.slice(0, 2), oid.slice(2));
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, deflateSync(Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body])));
  }
}

/** What a push sends after its commands. Pure. */
export function packOf(commits: readonly Commit[]): Buffer {
  const head = Buffer.alloc(12);
  head.write("PACK");
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(commits.length, 8);
  const bytes = Buffer.concat([
    head,
    ...commits.flatMap(({ body }) => [Buffer.from(sizeOf(body.length)), deflateSync(body)]),
  ]);
  return Buffer.concat([bytes, createHash("sha1").update(bytes).digest()]);
}

/** That it is a commit, and its size: four bits first, then seven in each byte. */
function sizeOf(length: number): number[] {
  const COMMIT = 1;
  const bytes = [(COMMIT << 4) | (length & 0x0f)];
  for (let rest = length >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return bytes;
}
