import type { StateRoot } from "@harness/core";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { bodyOf, connect } from "../client.ts";
import { broken, ok, weak, type Finding } from "./finding.ts";

export async function findDispatcher(root: StateRoot): Promise<Finding[]> {
  const name = "dispatcher";
  const record = readDispatcher(root);
  if (!record) return [ok(name, "not running; `harness up` or `harness spawn` starts it")];
  try {
    const health = await bodyOf(connect(root).health.$get());
    const counts = `${health.sessions} sessions, ${health.alive} with a process`;
    return [
      ok(name, `${record.url}, pid ${record.pid}, ${counts}`),
      ...health.problems.map((problem) => weak(name, problem, `See ${root.run.log}.`)),
    ];
  } catch {
    // Whatever the reason, it does not answer.
    return [
      broken(
        name,
        `Process ${record.pid} does not answer at ${record.url}.`,
        "`harness down` ends it, `harness up` starts it.",
      ),
    ];
  }
}
