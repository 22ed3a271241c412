import { rmSync, writeFileSync } from "node:fs";
import { forgetWorktree, keepWork } from "../../worktrees/remove.ts";
import type { Lab } from "../../worktrees/testing/lab.ts";

export const HOSTILE = "odd\u001b[2J\u202egnp.exe";

/** A session that did something, and of which nothing is left but what was salvaged. */
export async function removed(lab: Lab, id = "one"): Promise<{ hub: string }> {
  const { hub } = await lab.session(id, { branch: `work/${id}` });
  const place = lab.worktree(id);
  const spec = {
    v: 1,
    id,
    agent: { driver: "scripted" },
    name: `name-${id}`,
    task: `Do it ${HOSTILE}`,
    branch: `work/${id}`,
  };
  writeFileSync(lab.context.root.session(id).spec, JSON.stringify(spec));
  lab.commit(place, { "committed.ts": `${id}\n`, ".gitignore": "dist\n.env\n" }, "committed");
  lab.write(place, { "loose.txt": `${id}\n`, [HOSTILE]: "h\n", "dist/out.js": "o\n", ".env": "KEY=1\n" });
  await keepWork(lab.context, { id });
  await forgetWorktree(lab.context, { id });
  for (const path of [lab.context.root.session(id).directory, lab.context.root.runOf(id).directory])
    rmSync(path, { recursive: true });
  return { hub };
}
