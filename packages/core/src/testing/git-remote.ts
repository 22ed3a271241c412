import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";

export interface GitRemoteRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

/** A remote that git itself serves over HTTP, to whoever knows its user and token. */
export interface GitRemote extends AsyncDisposable {
  readonly url: string;
  /** Its bare repository. */
  readonly repository: string;
  readonly requests: readonly GitRemoteRequest[];
  /** All refs as they are now, by name. */
  refs(): Record<string, string>;
  /** Answers in its place while it is set; true where it has. */
  instead: ((request: IncomingMessage, answer: ServerResponse) => boolean) | null;
}

export interface GitRemoteOptions {
  readonly user?: string;
  readonly token: string;
}

export async function startGitRemote({ user = "git", token }: GitRemoteOptions): Promise<GitRemote> {
  const directory = temporaryDirectory("git-remote-");
  const repository = join(directory.path, "me", "shop.git");
  mkdirSync(repository, { recursive: true });
  const git = (...words: string[]) => execFileSync("git", ["-C", repository, ...words], { encoding: "utf8" });
  git("init", "--quiet", "--bare", "--initial-branch=main");
  const requests: GitRemoteRequest[] = [];
  const expected = `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`;

  const server = createServer((request, answer) => {
    requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    if (remote.instead?.(request, answer) === true) return;
    if (request.headers.authorization === expected) return serve(request, answer, { root: directory.path, user });
    request.resume();
    answer.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
  });
  server.requestTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const remote: GitRemote = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/me/shop.git`,
    repository,
    requests,
    instead: null,
    refs: () =>
      Object.fromEntries(
        git("for-each-ref", "--format=%(refname) %(objectname)")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => line.split(" ") as [string, string]),
      ),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await directory[Symbol.asyncDispose]();
    },
  };
  return remote;
}

/** One request, answered by git's own CGI program. */
function serve(
  request: IncomingMessage,
  answer: ServerResponse,
  { root, user }: { readonly root: string; readonly user: string },
): void {
  const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
  const { "content-type": type, "content-length": length, "content-encoding": encoding } = request.headers;
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REMOTE_USER: user,
      ...(type === undefined ? {} : { CONTENT_TYPE: type }),
      ...(length === undefined ? {} : { CONTENT_LENGTH: length }),
      ...(encoding === undefined ? {} : { HTTP_CONTENT_ENCODING: encoding }),
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => {});
  request.on("error", () => child.stdin.destroy());
  request.pipe(child.stdin);
  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on("data", (bytes: Buffer) => {
    if (head === null) return void answer.write(bytes);
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const headers = head
      .toString("latin1", 0, end)
      .split("\r\n")
      .map((line) => line.split(/: (.*)/s) as [string, string]);
    const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
    for (const [name, value] of headers) if (name !== "Status") answer.setHeader(name, value);
    answer.writeHead(Number.parseInt(status, 10));
    answer.write(head.subarray(end + 4));
    head = null;
  });
  child.stdout.once("end", () => answer.end());
}
