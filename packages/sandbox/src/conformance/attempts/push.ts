import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { held, escaped, untried, unseen, type Attempt, type Inside, type Outside, type Seen } from "../attempt.ts";
import { FLUSH, lineOf, readLines } from "../git/lines.ts";
import { keepCommits, makeCommit, packOf, ZERO, type Commit } from "../git/objects.ts";

/** Who stands before the remote may look at what is pushed first. */
const PATIENCE_MS = 8_000;
const TYPE = "application/x-git-receive-pack";
/** Of none of the remote's commits. */
const ORPHAN = makeCommit("orphan");

/** The one way on which work leaves: the session's own branch, over the credential worker of its remote. */
export const PUSH: readonly Attempt[] = [
  {
    id: "push-own-branch",
    needs: "session",
    rows: [],
    title: "make its own branch at the remote, or move it forward",
    expected: "it works",
    attempt: (inside) =>
      withRemote(inside, async ({ ref, ask, push }) => {
        const old = await ask();
        const next = makeCommit(`forward ${process.pid}`, old === ZERO ? undefined : old);
        const report = await push([[old, next.oid, ref]], [next]);
        return report.includes(`ok ${ref}\n`) ? held("the remote has it") : escaped(report.slice(0, 200));
      }),
  },
  {
    id: "push-to-another-branch",
    needs: "session",
    rows: ["A47"],
    title: "move, make and delete branches and tags that are not its own, alone and beside its own",
    expected: "nothing arrives at the remote",
    attempt: (inside) =>
      withRemote(inside, async ({ ref, ask, push }) => {
        const ways = (old: string, next: Commit): Command[][] => [
          [[ZERO, next.oid, "refs/heads/main"]],
          [[old, next.oid, "refs/heads/main"]],
          [[old, ZERO, "refs/heads/main"]],
          [[ZERO, next.oid, "refs/heads/escape-made"]],
          [[ZERO, next.oid, "refs/tags/escape-made"]],
          [[old, next.oid, `${ref}/../main`]],
          [
            [old, next.oid, ref],
            [old, next.oid, "refs/heads/main"],
          ],
        ];
        const count = ways(ZERO, ORPHAN).length;
        for (let way = 0; way < count; way++) {
          const old = await ask();
          const next = makeCommit(`beside ${process.pid} ${way}`, old);
          await push(ways(old, next)[way] ?? [], [next]);
        }
        return unseen(`pushed in ${count} ways`);
      }),
    witness: (outside) => tellCommands(outside, ([, , ref], own) => ref !== own),
  },
  {
    id: "push-without-history",
    needs: "session",
    rows: ["A47"],
    title: "delete its own branch at the remote, and move it to where its commits are not",
    expected: "nothing arrives at the remote",
    attempt: (inside) =>
      withRemote(inside, async ({ ref, ask, push }) => {
        await push([[await ask(), ZERO, ref]], []);
        await push([[await ask(), ORPHAN.oid, ref]], [ORPHAN]);
        // It says that it is new, and that there is nothing that has to lead to it.
        await push([[ZERO, ORPHAN.oid, ref]], [ORPHAN]);
        await push([[await ask(), ORPHAN.oid, ref]], []);
        const old = await ask();
        const next = makeCommit(`back and forth ${process.pid}`, old);
        await push([[old, next.oid, ref]], [next]);
        await push([[next.oid, old, ref]], [next]);
        return unseen("pushed in five ways");
      }),
    witness: (outside) =>
      tellCommands(outside, ([, fresh, ref], own, before) => {
        const wasThere = before.some((each) => each[2] === ref && (each[0] === fresh || each[1] === fresh));
        return ref === own && (fresh === ZERO || fresh === ORPHAN.oid || wasThere);
      }),
  },
];

type Command = readonly [old: string, fresh: string, ref: string];

interface Remote {
  /** The branch that is its own. */
  readonly ref: string;
  /** Where the remote says that it is. */
  ask(): Promise<string>;
  /** What the remote, or who stands before it, says of a push. */
  push(commands: readonly Command[], commits: readonly Commit[]): Promise<string>;
}

async function withRemote({ targets, environment }: Inside, act: (remote: Remote) => Promise<Seen>): Promise<Seen> {
  const file = environment["GIT_CONFIG_SYSTEM"];
  if (targets.push === undefined || file === undefined) return untried("it may not push");
  const { ref } = targets.push;
  const settings = readFileSync(file, "utf8");
  const address = /^\[url "([^"]+)"\]$/m.exec(settings)?.[1];
  const authorization = /"Authorization: ([^"]+)"/.exec(settings)?.[1] ?? "";
  if (address === undefined) return untried("it was told of no remote");
  const ask = async () => {
    const { text } = await send(`${address}/info/refs?service=git-receive-pack`, { authorization });
    const { end } = readLines(Buffer.from(text));
    const line = readLines(Buffer.from(text), end).lines.find((each) =>
      each.split(/[\0\n]/, 1)[0]?.endsWith(` ${ref}`),
    );
    return line?.slice(0, ZERO.length) ?? ZERO;
  };
  const push = async (commands: readonly Command[], commits: readonly Commit[]) => {
    const lines = commands.map((each, index) => lineOf(`${each.join(" ")}${index === 0 ? "\0 report-status" : ""}`));
    const body = Buffer.concat([Buffer.from(`${lines.join("")}${FLUSH}`), commits.length > 0 ? packOf(commits) : NONE]);
    const headers = { authorization, "content-type": `${TYPE}-request` };
    // Whoever looks at what is pushed finds it where a session has its work.
    keepCommits(join(targets.own.worktree, ".git"), commits);
    return (await send(`${address}/git-receive-pack`, headers, body)).text;
  };
  const { status } = await send(`${address}/info/refs?service=git-receive-pack`, { authorization });
  return status === 200 ? act({ ref, ask, push }) : untried(`its remote answers ${status}`);
}

const NONE = Buffer.alloc(0);

/** The commands that reached the remote and should not have. */
function tellCommands(
  { received, targets }: Outside,
  isWrong: (command: Command, own: string | undefined, before: readonly Command[]) => boolean,
): string | null {
  const commands = received.flatMap((line) => {
    const [word, old = "", fresh = "", ...ref] = line.split(" ");
    return word === "remote" ? [[old, fresh, ref.join(" ")] as const] : [];
  });
  const wrong = commands.filter((each, at) => isWrong(each, targets.push?.ref, commands.slice(0, at)));
  if (wrong.length === 0) return null;
  return `the remote was told: ${wrong.map((each) => each.join(" ")).join("; ")}`.slice(0, 200);
}

function send(
  url: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const asking = request(url, { method: body === undefined ? "GET" : "POST", headers, timeout: PATIENCE_MS });
    asking.once("response", (answer) => {
      let text = "";
      answer.setEncoding("latin1").on("data", (piece: string) => void (text += piece));
      answer.once("close", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asking.once("timeout", () => asking.destroy());
    asking.once("error", () => resolve({ status: 0, text: "no answer" }));
    asking.end(body);
  });
}
