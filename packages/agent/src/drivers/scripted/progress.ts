import { join } from "node:path";
import { readJsonFile, writeJsonFile } from "@harness/core";
import * as z from "zod/mini";

const ProgressSchema = z.looseObject({
  v: z.literal(1),
  /** Turns of the script that were begun. */
  turns: z.number(),
  /** The turn that was begun last, which of the script's it is, and how many of its steps are done. */
  turn: z.nullable(
    z.looseObject({ id: z.string(), index: z.number(), done: z.number(), answer: z.optional(z.string()) }),
  ),
});
type Progress = z.infer<typeof ProgressSchema>;

export interface TurnProgress {
  /** Which turn of the script this is. */
  readonly index: number;
  /** Steps that are done. */
  readonly done: number;
  /** What the last question was answered with. */
  readonly answer: string | undefined;
}

/** How far a session's script has come. On the disk: a turn that goes on after a crash passes over what is done. */
export interface ProgressFile {
  begin(turn: string): Promise<TurnProgress>;
  advance(done: number, answer: string | undefined): Promise<void>;
}

export function openProgress(home: string): ProgressFile {
  const path = join(home, ".scripted.json");
  let progress: Progress | null = null;

  async function load(): Promise<Progress> {
    progress ??= (await readJsonFile(path, ProgressSchema))?.value ?? { v: 1, turns: 0, turn: null };
    return progress;
  }

  async function store(next: Progress): Promise<void> {
    await writeJsonFile(path, next);
    progress = next;
  }

  return {
    async begin(id) {
      const { turns, turn } = await load();
      if (turn?.id === id) return { index: turn.index, done: turn.done, answer: turn.answer };
      await store({ v: 1, turns: turns + 1, turn: { id, index: turns, done: 0 } });
      return { index: turns, done: 0, answer: undefined };
    },
    async advance(done, answer) {
      const { turns, turn } = await load();
      if (turn) await store({ v: 1, turns, turn: { ...turn, done, answer } });
    },
  };
}
