import type { PushGrant } from "../protocol.ts";
import { isZero } from "./decide-push.ts";
import { FLUSH, pktLine, readSection } from "./pkt-line.ts";

/** What a remote says of itself before a push. */
export interface Advertisement {
  readonly refs: ReadonlyMap<string, string>;
  /** Commits that the remote has besides. */
  readonly haves: readonly string[];
  readonly capabilities: readonly string[];
}

/** What is of use here. A push with options, a deletion or a certificate is not offered. */
const OFFERED = /^(?:report-status|report-status-v2|side-band-64k|quiet|ofs-delta|object-format=sha(?:1|256))$/;
const REF = /^([0-9a-f]{40}|[0-9a-f]{64}) ([^\0\n]+)$/;

/** Null where it is none. Pure. */
export function readAdvertisement(bytes: Buffer): Advertisement | null {
  const head = readSection(bytes);
  if (head.state !== "whole" || head.lines[0]?.toString("latin1").trimEnd() !== "# service=git-receive-pack")
    return null;
  const section = readSection(bytes, head.length);
  if (section.state !== "whole") return null;
  const refs = new Map<string, string>();
  const haves = new Set<string>();
  let capabilities: string[] = [];
  for (const [index, line] of section.lines.entries()) {
    const [said = "", offered = ""] = line.toString("utf8").replace(/\n$/, "").split("\0");
    if (index === 0) capabilities = offered.split(" ").filter((name) => name !== "");
    if (/^shallow [0-9a-f]+$/.test(said)) continue;
    const [, oid, name] = REF.exec(said) ?? [];
    if (oid === undefined || name === undefined) return null;
    if (name === ".have") haves.add(oid);
    else if (!isZero(oid)) refs.set(name, oid);
  }
  return { refs, haves: [...haves], capabilities };
}

/** How many commits a session is told of that it need not send. */
const MOST_HAVES = 20_000;

/** The hash of no object, as long as this remote's are. */
export function zeroOf({ capabilities }: Advertisement): string {
  return "0".repeat(capabilities.includes("object-format=sha256") ? 64 : 40);
}

/**
 * What the session is shown: its own branch, and of the rest commits without their names. Where the branch is there, and
 * must only move forward, nothing of the rest: what the session sends then holds every commit from where the branch is to
 * where it is to be, and can be looked through for the way. Pure.
 */
export function showAdvertisement(found: Advertisement, { ref, force }: PushGrant): Buffer {
  const own = found.refs.get(ref);
  const rest = [...new Set([...found.refs.values(), ...found.haves])].filter((oid) => oid !== own);
  const haves = own === undefined || force === true ? rest.slice(0, MOST_HAVES) : [];
  const lines = [...haves.map((oid) => `${oid} .have`), ...(own === undefined ? [] : [`${own} ${ref}`])];
  const offered = [...found.capabilities.filter((name) => OFFERED.test(name)), "no-thin"].join(" ");
  const [first = `${zeroOf(found)} capabilities^{}`, ...others] = lines;
  return Buffer.concat([
    pktLine("# service=git-receive-pack\n"),
    FLUSH,
    pktLine(`${first}\0${offered}\n`),
    ...others.map((line) => pktLine(`${line}\n`)),
    FLUSH,
  ]);
}
