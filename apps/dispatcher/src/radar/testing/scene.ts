import { lookoutDirectory, openLookout } from "../lookout.ts";
import { readRecord } from "../../worktrees/record.ts";
import { createWorktree } from "../../worktrees/clone.ts";
import { inspectSource } from "../../worktrees/source.ts";
import { type Lab, openLab } from "../../worktrees/testing/lab.ts";
import { createAtMost } from "../at-most.ts";
import { type Look, lookAround } from "../look.ts";
import type { RadarSession } from "../members.ts";
import { openOutlook, type Outlook } from "../outlook.ts";
import { countGit, type CountedGit } from "./counted-git.ts";

/** A lab with sessions, and a radar that looks at them and remembers. */
export interface Scene {
  readonly lab: Lab;
  readonly git: CountedGit;
  /** A session on a branch of its own that committed these files; of the lab's repository unless another is named. */
  session(id: string, files?: Record<string, string>, source?: string): Promise<void>;
  look(options?: { uncommitted?: boolean; retry?: boolean }): Promise<Look>;
  /** What a dispatcher that starts again knows: only what is on disk. */
  forget(): void;
  /** The lookout, and the tips in it. */
  open(): ReturnType<typeof openLookout>;
  /** Where the radar brings commits together. */
  lookout(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

export function openScene(): Scene {
  const lab = openLab();
  const git = countGit(lab.path);
  const context = { ...lab.context, environment: { ...lab.context.environment, PATH: git.path } };
  const sessions = new Map<string, RadarSession>();
  let outlook: Outlook | null = null;
  let hub = "";
  return {
    lab,
    git,
    session: async (id, files, source = lab.source) => {
      const branch = `work/${id}`;
      const plan = { id, branch, source: await inspectSource(context, { path: source, branch }) };
      const record = await createWorktree(context, plan);
      hub = record.hub;
      sessions.set(id, { id, name: null, record: await readRecord(context, id) });
      if (files !== undefined) lab.commit(lab.worktree(id), files);
    },
    look: async ({ uncommitted = false, retry = false } = {}) => {
      outlook ??= await openOutlook(context, hub);
      const input = { sessions: [...sessions.values()], uncommitted, retry };
      const look = await lookAround({ context, atMost: createAtMost(2), outlook }, input);
      outlook.keep(look.used);
      await outlook.save();
      return look;
    },
    forget: () => (outlook = null),
    open: () => openLookout(context, { hub, objectFormat: "sha1" }),
    lookout: () => lookoutDirectory(context, hub),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

/** The pairs of a look in a line each: `conflicts a b shared.txt`. */
export function pairLines({ pairs }: Look): string[] {
  return pairs.map(({ outcome, sides, files }) =>
    [outcome, ...sides.map(({ session }) => session), ...files].join(" "),
  );
}
