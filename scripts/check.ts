// Every static check, in parallel: `pnpm check`, or some of them by name: `pnpm check lint types`.
// Sources are never written; `pnpm fix` repairs what can be repaired.
import { checks } from "./check/checks.ts";
import { runChecks } from "./check/run-checks.ts";
import { summariseCheck, summariseChecks } from "./check/summary.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`No check is named ${unknown.join(", ")}. There are: ${checks.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
const chosen = wanted.length === 0 ? checks : checks.filter(({ name }) => wanted.includes(name));

const results = await runChecks(chosen, (result) => console.log(summariseCheck(result)));
console.log(summariseChecks(results));
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
