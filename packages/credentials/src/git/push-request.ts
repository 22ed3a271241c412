import { FLUSH, pktLine, readSection } from "./pkt-line.ts";

/** What one push asks to be done to one ref. */
export interface Command {
  readonly old: string;
  readonly new: string;
  readonly ref: string;
}

/** What stands before the pack. */
export interface PushRequest {
  readonly commands: readonly Command[];
  /** Where the history of whoever pushes ends early. */
  readonly shallow: readonly string[];
  readonly capabilities: readonly string[];
}

export type ReadRequest =
  | { readonly state: "whole"; readonly request: PushRequest; readonly length: number }
  | { readonly state: "more" }
  | { readonly state: "wrong"; readonly why: string };

const COMMAND = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([^\0]{1,4096})$/;
const SHALLOW = /^shallow ([0-9a-f]{40}|[0-9a-f]{64})$/;
/** Whatever else a client may ask for was not offered. */
const CAPABILITY =
  /^(?:report-status|report-status-v2|side-band-64k|quiet|ofs-delta|object-format=sha(?:1|256)|agent=[\u0021-\u007e]{1,256})$/;

/** The commands at the beginning of a push. Pure. */
export function readPushRequest(bytes: Buffer): ReadRequest {
  const section = readSection(bytes);
  if (section.state === "wrong") return { state: "wrong", why: "This is no push." };
  if (section.state === "more") return section;
  const commands: Command[] = [];
  const shallow: string[] = [];
  let capabilities: string[] = [];
  for (const line of section.lines) {
    const [said = "", asked, ...more] = line.toString("utf8").replace(/\n$/, "").split("\0");
    const graft = asked === undefined ? SHALLOW.exec(said) : null;
    if (graft !== null && commands.length === 0) {
      shallow.push(graft[1]!);
      continue;
    }
    if (said === "push-cert") return { state: "wrong", why: "Signed pushes are refused." };
    const [, old, fresh, ref] = COMMAND.exec(said) ?? [];
    const isOdd = more.length > 0 || (asked !== undefined && commands.length > 0);
    if (old === undefined || fresh === undefined || ref === undefined || isOdd || old.length !== fresh.length)
      return { state: "wrong", why: "This push has a command that cannot be read." };
    if (asked !== undefined) capabilities = asked.split(" ").filter((name) => name !== "");
    commands.push({ old, new: fresh, ref });
  }
  const odd = capabilities.find((name) => !CAPABILITY.test(name));
  if (odd !== undefined) return { state: "wrong", why: `A push with ${JSON.stringify(odd.slice(0, 80))} is refused.` };
  return { state: "whole", request: { commands, shallow, capabilities }, length: section.length };
}

/** The same for the remote: put together from what was understood, so that nothing else reaches it. Pure. */
export function writePushRequest({ capabilities }: Pick<PushRequest, "capabilities">, command: Command): Buffer {
  return Buffer.concat([pktLine(`${command.old} ${command.new} ${command.ref}\0 ${capabilities.join(" ")}`), FLUSH]);
}
