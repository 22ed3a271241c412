import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, it } from "vitest";
import { judge } from "../judge.ts";
import { openStage } from "../stage/open-stage.ts";
import { tryAll, type Told } from "../try-all.ts";
import { PUSH } from "./push.ts";

it("every push gets through where no credential worker stands before the remote", async () => {
  await using place = temporaryDirectory();
  const stage = await openStage(join(place.path, "stage"), { home: undefined, runtime: undefined, agent: undefined });
  try {
    const settings = join(place.path, "gitconfig");
    writeFileSync(settings, `[url "http://127.0.0.1:${stage.remote}"]\n\tinsteadOf = "https://git.example/shop"\n`);
    const own = { worktree: place.path, places: [], promised: [], variables: {} };
    const targets = stage.targetsFor({ own, push: { ref: "refs/heads/own" } });
    const told: Told[] = [];
    for await (const one of tryAll(PUSH, { targets, environment: { GIT_CONFIG_SYSTEM: settings } })) told.push(one);
    const results = judge(PUSH, told, stage.look(targets));
    expect(results.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["push-own-branch", "held"],
      ["push-to-another-branch", "escaped"],
      ["push-without-history", "escaped"],
    ]);
    const refs = stage.look(targets).received.filter((line) => line.startsWith("remote "));
    expect(refs.filter((line) => line.endsWith(" refs/heads/own")).length).toBeGreaterThan(6);
  } finally {
    stage.close();
  }
});
