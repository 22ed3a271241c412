import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outside } from "../attempt.ts";
import type { Told } from "../try-all.ts";
import { openStage } from "./open-stage.ts";
import { awaitResults } from "./read-results.ts";

export interface StandingBy {
  readonly outside: Outside;
  /** Resolves when the last attempt was made. */
  results(): Promise<readonly Told[]>;
  close(): Promise<void>;
}

/** Sets targets up for the session of another system, which works in that directory. */
export async function standBy(input: {
  readonly session: string;
  readonly others: readonly string[];
}): Promise<StandingBy> {
  const session = realpathSync(input.session);
  const [other, ...more] = input.others.map((each) => realpathSync(each));
  const place = realpathSync(mkdtempSync(join(homedir(), ".escape-pack-")));
  const stage = await openStage(place, { home: homedir(), runtime: undefined, agent: undefined });
  const planted = [other, ...more].flatMap((each) => (each === undefined ? [] : [join(each, "escape-pack-canary")]));
  const arrived = other === undefined ? [] : [join(other, "escape-planted")];
  for (const file of planted) writeFileSync(file, `${stage.canary}\n`);
  const targets = stage.targetsFor({
    own: { worktree: session, places: [session, "/tmp"], promised: ["/bin/sh", "/usr/bin/env"], variables: {} },
    ...(other === undefined ? {} : { other: { directory: other, files: planted, socket: stage.socket } }),
  });
  const files = ["escape-targets.json", "escape-pack.mjs", "escape-results.jsonl"].map((name) => join(session, name));
  const [list = "", program = "", results = ""] = files;
  writeFileSync(list, `${JSON.stringify(targets, null, 2)}\n`);
  copyFileSync(fileURLToPath(import.meta.url), program);
  const over = new AbortController();
  return {
    outside: stage.look(targets),
    results: () => awaitResults(results, over),
    async close() {
      over.abort();
      stage.close();
      for (const path of [place, ...planted, ...arrived, ...files]) rmSync(path, { recursive: true, force: true });
    },
  };
}
