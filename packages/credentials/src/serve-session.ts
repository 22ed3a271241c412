import { mkdirSync, renameSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { opens, readGrant } from "./grants.ts";
import { socketName, type WorkerStart } from "./protocol.ts";
import { shortSocketPath } from "./socket-path.ts";

const HEADER_LIMIT = 32 * 1024;
const MOST_CONNECTIONS = 64;
// Longer than clients keep an idle connection: whoever closes second closes on a request.
const KEEP_ALIVE_MS = 120_000;

/** One request that came over the socket of a session. */
export interface Asked {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  /** It is let in by these keys: it breaks off when the grant that they open is replaced by another. */
  admit(keys: readonly string[]): void;
}

export type AnswerSession = (session: string, exchange: Asked) => Promise<void>;

export interface ServedSession {
  /** Its grant may have changed. */
  look(): void;
  /** False where its socket could not be opened: whoever serves it tries again. */
  isOpen(): boolean;
  close(): void;
}

/** Answers on the socket of one session. Whoever reaches it is that session: only its sandbox has it. */
export function serveSession(
  {
    sockets,
    provider,
    directory: place,
    sharedDoors = false,
  }: Pick<WorkerStart, "sockets" | "provider" | "directory" | "sharedDoors">,
  session: string,
  answerOne: AnswerSession,
): ServedSession {
  const admitted = new Map<ServerResponse, readonly string[]>();
  const busy = new WeakSet<Socket>();
  const path = join(sockets, session, socketName(provider));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Under its name there is never a socket that nobody accepts on, but for that of a worker that was killed.
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const short = shortSocketPath(beside);
  const server: Server = createServer(
    { maxHeaderSize: HEADER_LIMIT, keepAliveTimeout: KEEP_ALIVE_MS },
    (asked, answer) => {
      const { socket } = asked;
      // No client asks before it has its answer, and one that did would ask without a bound: for what is behind the first
      // request of a connection, Node does not even say that its client has gone.
      if (busy.has(socket)) return void socket.destroy();
      busy.add(socket);
      answer.once("close", () => busy.delete(socket));
      const admit = (keys: readonly string[]) => {
        admitted.set(answer, keys);
        answer.once("close", () => admitted.delete(answer));
      };
      void answerOne(session, { asked, answer, admit }).catch(() => answer.destroy());
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  // What a large prompt takes to arrive is the coding agent's business.
  server.requestTimeout = 0;
  server.on("connect", (_asked, connection) => {
    // Node listens to its errors no longer.
    connection.on("error", () => {});
    connection.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n", () => connection.destroy());
  });
  server.on("error", () => {});
  // It is bound within the call, and has its mode from then on: by its name it may be something else a moment later.
  const umask = process.umask(sharedDoors ? 0o111 : 0o177);
  try {
    server.listen(short.path, () => tolerate(() => renameSync(beside, path)));
  } finally {
    process.umask(umask);
  }
  return {
    look() {
      if (admitted.size === 0) return;
      const grant = readGrant(place, session);
      for (const [answer, keys] of admitted) if (grant === null || !opens(grant, keys)) answer.destroy();
    },
    isOpen: () => server.listening,
    close() {
      server.close();
      server.closeAllConnections();
      short.release();
      tolerate(() => rmSync(path, { force: true }));
    },
  };
}

/** What is wrong with one session ends nothing for the others. */
export function tolerate(work: () => void): void {
  try {
    work();
  } catch {
    // It is looked at again, and nobody else has any part in it.
  }
}
