import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorCode, escaped, held, judgeWays, untried, type Attempt } from "../attempt.ts";
import { holdsCanary } from "../canaries.ts";
import { formatRequest, sendRaw, statusOf } from "./raw-http.ts";
import type { Way } from "./try-to.ts";

const ENTRIES = 5_000;
const FILE_BYTES = 4 * 1024 * 1024;

/** Keys, and what opens the API. */
export const SECRETS: readonly Attempt[] = [
  {
    id: "search-own-places-for-keys",
    rows: ["A35"],
    title: "find a provider's key in its own variables, arguments, worktree, home and /tmp, plain or encoded",
    expected: "no key is there",
    attempt({ targets, environment }) {
      const variables = JSON.stringify([environment, process.argv]);
      if (holdsCanary(variables, targets.canaries)) return escaped("a key is in its variables or arguments");
      const files = [targets.own.worktree, targets.own.home, "/tmp"].flatMap((place) => filesBelow(place));
      const found = files.find((file) => holdsCanary(readText(file), targets.canaries));
      return found === undefined ? held(`${files.length} files hold none`) : escaped(`a key is in ${found}`);
    },
  },
  {
    id: "reach-dispatcher",
    needs: "session",
    rows: ["A33", "A39"],
    title: "ask the dispatcher's API anything at all",
    expected: "no way there",
    async attempt({ targets }) {
      const { dispatchers } = targets;
      if (dispatchers.length === 0) return untried("no dispatcher is known");
      const answers = await Promise.all(dispatchers.map(({ port }) => askApi(port, "/api/health", "none")));
      return judgeWays(
        answers.map((answer, index) => ({
          way: `port ${dispatchers[index]?.port}`,
          through: answer !== null,
          seen: answer === null ? "nobody answers" : `it answers ${statusOf(answer)}`,
        })),
      );
    },
  },
  {
    id: "use-own-token-for-more",
    needs: "session",
    rows: ["A13", "A34"],
    title: "read other sessions, start one and change its own rights with its own token",
    expected: "no token is to be found, or it opens nothing of this",
    async attempt({ targets }) {
      const [dispatcher] = targets.dispatchers;
      if (dispatcher === undefined) return untried("no dispatcher is known");
      const token = readToken(dispatcher.token);
      if (!token.through) return judgeWays([token]);
      const answers = await Promise.all(dispatcher.paths.map((path) => askApi(dispatcher.port, path, token.seen)));
      return judgeWays(
        answers.map((answer, index) => ({
          way: dispatcher.paths[index] ?? "",
          through: statusOf(answer) >= 200 && statusOf(answer) < 300,
          seen: `the token was found, and opens nothing: ${statusOf(answer)}`,
        })),
      );
    },
  },
];

function readToken(path: string): Way {
  try {
    return { way: path, through: true, seen: readFileSync(path, "utf8").trim() };
  } catch (error) {
    return { way: path, through: false, seen: errorCode(error) };
  }
}

/** A path may have a method before it. */
function askApi(port: number, path: string, token: string): Promise<string | null> {
  const [method, target] = path.includes(" ") ? path.split(" ") : ["GET", path];
  const headers = { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  return sendRaw(
    port,
    formatRequest({ method: method ?? "GET", target: target ?? "", headers, body: method === "POST" ? "{}" : "" }),
  );
}

/** As far as it goes: a place can be as large as somebody likes. */
function filesBelow(place: string | undefined): string[] {
  const files: string[] = [];
  const waiting = place === undefined ? [] : [place];
  for (let looked = 0; waiting.length > 0 && looked < ENTRIES;) {
    const directory = waiting.shift() ?? "";
    for (const entry of entriesOf(directory)) {
      looked += 1;
      if (entry.isDirectory()) waiting.push(join(directory, entry.name));
      else if (entry.isFile()) files.push(join(directory, entry.name));
    }
  }
  return files.slice(0, ENTRIES);
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    // Not there, or not to be read.
    return [];
  }
}

function readText(path: string): string {
  try {
    return statSync(path).size > FILE_BYTES ? "" : readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
