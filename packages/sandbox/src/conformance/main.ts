// The escape pack: one file, nothing but Node, which runs in the session of any system. See docs/escape-pack.md.
import { appendFileSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Attempt, Outside } from "./attempt.ts";
import { ATTEMPTS } from "./attempts.ts";
import { isHeld, judge } from "./judge.ts";
import { standBy } from "./stage/stand-by.ts";
import { parseTargets } from "./targets.ts";
import { summarise, verdictWord } from "./tell-results.ts";
import { tryAll, type Told } from "./try-all.ts";

const USAGE = `Outside, where the person is:
  node escape-pack.mjs stage --session <directory> [--other <directory>]…
      sets targets up, writes escape-targets.json into the directory that the session works in, and waits
Inside the session:
  node escape-pack.mjs try escape-targets.json
      makes every attempt, and tells what was seen
Anywhere:
  node escape-pack.mjs list`;

const say = (text: string) => void process.stdout.write(`${text}\n`);

function readArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        session: { type: "string" },
        other: { type: "string", multiple: true, default: [] },
        /** A line of JSON for each attempt, at the end of this file instead of text for a person. */
        results: { type: "string" },
        only: { type: "string" },
        /** Waits to be ended: what it left behind is looked for then. */
        linger: { type: "boolean", default: false },
      },
    });
    const unknown = values.only?.split(",").filter((name) => !ATTEMPTS.some(({ id }) => id === name)) ?? [];
    if (unknown.length > 0) throw new Error(`There is no attempt ${unknown.join(", ")}.`);
    return { positionals, values };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    process.exit(2);
  }
}

const { positionals, values } = readArguments();
const [command, file] = positionals;

try {
  if (command === "list")
    for (const { id, rows, title } of ATTEMPTS) say(`${rows.join(" ").padEnd(16)}${id.padEnd(28)}${title}`);
  else if (command === "stage" && values.session !== undefined) await stage(values.session);
  else if (command === "try" && file !== undefined) await attempt(file);
  else {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
  }
} catch (error) {
  process.stderr.write(`It could not be done: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

function chosen(): readonly Attempt[] {
  const names = values.only?.split(",");
  return ATTEMPTS.filter(({ id }) => names?.includes(id) ?? true);
}

async function attempt(path: string): Promise<void> {
  const text = readFileSync(path === "-" ? 0 : path, "utf8");
  // As a prompt it may have words before it, and the first prompt of a session may come before there are any targets.
  const begin = text.indexOf("{");
  if (begin === -1) return say("There are no targets yet.");
  const targets = parseTargets(text.slice(begin));
  const told: Told[] = [];
  for await (const one of tryAll(chosen(), { targets, environment: process.env })) {
    told.push(one);
    if (values.results !== undefined) appendFileSync(values.results, `${JSON.stringify(one)}\n`);
  }
  if (values.results === undefined) tell(told, null);
  else appendFileSync(values.results, '{"done":true}\n');
  if (values.linger) setInterval(() => {}, 60_000);
}

async function stage(session: string): Promise<void> {
  const staged = await standBy({ session, others: values.other });
  say(
    `Targets stand. In the session, in ${session}, run now:\n  node escape-pack.mjs try escape-targets.json --results escape-results.jsonl\nIt is judged here as soon as it is done.`,
  );
  let isInterrupted = false;
  const end = () => {
    isInterrupted = true;
    void staged.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  const told = await staged.results();
  if (isInterrupted) process.exitCode = 130;
  else tell(told, staged.outside);
  await staged.close();
}

function tell(told: readonly Told[], outside: Outside | null): void {
  const results = judge(chosen(), told, outside);
  for (const result of results) {
    const { id, rows, title, expected, seen } = result;
    // What was seen was written down inside.
    const plain = seen.replaceAll(/\p{C}/gu, "?");
    say(
      `${verdictWord(result).padEnd(10)} ${rows.join(" ") || "control"}  ${id}: ${title}\n           expected  ${expected}\n           seen      ${plain}`,
    );
  }
  say(summarise(results));
  process.exitCode = isHeld(results) ? 0 : 1;
}
