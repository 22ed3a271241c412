import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Operation } from "../../http/operation.ts";
import { OPERATIONS } from "../../http/operations.ts";
import type { TestDispatcher } from "../../supervisor/testing/dispatchers.ts";

/** Looks for secrets in every place of a state root, a machine and an API where they must not be. */
export interface CanaryWatch {
  holds(bytes: Buffer): boolean;
  files(directory: string): string[];
  /** What environment and arguments of all processes say. */
  processes(): string[];
  /** What the API answers of a session, or without naming anything, and the pages. Throws where one of them is empty. */
  answers(dispatcher: TestDispatcher, session: string): Promise<string[]>;
}

export function watchFor(...secrets: readonly string[]): CanaryWatch {
  const forms = secrets.flatMap(formsOf);
  const holds = (bytes: Buffer) => forms.some((form) => bytes.includes(form));
  return {
    holds,
    files: (directory) => [...filesBelow(directory)].filter((path) => holds(readFileSync(path))),
    processes: () =>
      readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => ["environ", "cmdline"].map((file) => `/proc/${pid}/${file}`))
        .filter((path) => {
          try {
            return holds(readFileSync(path));
          } catch {
            // It has ended.
            return false;
          }
        }),
    async answers(dispatcher, session) {
      const found: string[] = [];
      for (const path of [...answersOf(session), ...pages()]) {
        const bytes = await read(dispatcher, path);
        if (bytes.length === 0) throw new Error(`${path} answers nothing that could be looked at.`);
        if (holds(bytes)) found.push(path);
      }
      return found;
    },
  };
}

/** As it is, URL-encoded, in hex, and in base64 wherever in the encoded text it begins. */
export function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((pad) =>
    Buffer.from(`${"x".repeat(pad)}${secret}`)
      .toString("base64url")
      .slice(4, -4),
  );
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("hex"), ...base64];
  return forms.flatMap((form) => [form, form.replaceAll("-", "+").replaceAll("_", "/")]);
}

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function answersOf(session: string): string[] {
  const reads = Object.values<Operation>(OPERATIONS).filter(({ method }) => method === "get");
  const paths = reads.map(({ path }) => path.replace("/sessions/:id", `/sessions/${session}`));
  return paths.filter((path) => !path.includes(":"));
}

/** The page: its documents, scripts and whatever else it is made of. */
function pages(): string[] {
  const directory = join(import.meta.dirname, "../../../public");
  const files = [...filesBelow(directory)].map((path) => path.slice(directory.length));
  return ["/", ...files.filter((path) => /\.(?:html|js|css|txt|json)$/.test(path))];
}

/** An answer to its end; of a stream what it says at first. */
async function read({ url, token }: TestDispatcher, path: string): Promise<Buffer> {
  const over = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}${path}`, { headers, signal: over.signal });
  if (!answer.headers.get("content-type")?.includes("event-stream")) return Buffer.from(await answer.arrayBuffer());
  const reader = answer.body!.getReader();
  const { value = new Uint8Array() } = await reader.read();
  over.abort();
  return Buffer.from(value);
}
