import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { FLUSH, lineOf, readLines } from "../git/lines.ts";
import { makeCommit, ZERO } from "../git/objects.ts";

const BEGIN = makeCommit("begin");
const MAIN = "refs/heads/main";
const TYPE = "application/x-git-receive-pack";

/** A remote that does whatever a push says, and notes each command: from where to where what is moved. It has `main`. */
export function openRemote(note: (line: string) => void): Server {
  const refs = new Map([[MAIN, BEGIN.oid]]);
  const server = createServer((request, answer) => {
    // A push that is broken off is none.
    if (request.method === "POST") return void take(request, answer).catch(() => answer.destroy());
    request.resume();
    answer.writeHead(200, { "content-type": `${TYPE}-advertisement` });
    answer.end(advertise(refs));
  });

  async function take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { lines } = readLines(await readAll(request));
    const commands = lines.map((line) => line.split("\0", 1)[0]?.trim() ?? "");
    for (const command of commands) {
      note(`remote ${command}`);
      const [, fresh = ZERO, ref = ""] = command.split(" ");
      if (fresh === ZERO) refs.delete(ref);
      else refs.set(ref, fresh);
    }
    const report = ["unpack ok\n", ...commands.map((command) => `ok ${command.split(" ")[2]}\n`)].map(lineOf);
    answer.writeHead(200, { "content-type": `${TYPE}-result` });
    answer.end(`${report.join("")}${FLUSH}`);
  }

  return server.listen(0, "127.0.0.1");
}

function advertise(refs: ReadonlyMap<string, string>): string {
  const [first = `${ZERO} capabilities^{}`, ...others] = [...refs].map(([ref, oid]) => `${oid} ${ref}`);
  const lines = [`${first}\0report-status delete-refs\n`, ...others.map((line) => `${line}\n`)];
  return `${lineOf("# service=git-receive-pack\n")}${FLUSH}${lines.map(lineOf).join("")}${FLUSH}`;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
