import type { Page } from "playwright-core";
import type { MergeItem } from "../src/lib/shapes.ts";
import type { Step } from "./dispatcher.ts";
import { commit, makeRepository, say, type TestRepository, write } from "./repository.ts";
import { openStage, type Stage } from "./stage.ts";

/** A stage with a repository, and sessions that work on it. */
export interface WorkStage extends Stage {
  readonly shop: TestRepository;
  /** A session on its own branch, `work/<name>`, that has done the first of its turns. Returns its id. */
  spawn(name: string, turns: Step[][], repository?: TestRepository): Promise<string>;
  /** Lets it do its next turn. */
  goOn(id: string, turns: number): Promise<void>;
  /** Puts their work into the merge queue. */
  enqueue(...sessions: string[]): Promise<MergeItem[]>;
  /** Puts its work into the merge queue, and waits until it has ended or needs a yes. */
  settle(session: string): Promise<MergeItem>;
  /** The region that shows how its work is merged. */
  openMerge(page: Page, id: string): Promise<ReturnType<Page["getByRole"]>>;
  changesOf(id: string): string;
}

export const add = (file: string, content: string): Step[] => [
  write(file, content),
  commit(`Add ${file}`),
  say("Done."),
];

export async function openWorkStage(files: Readonly<Record<string, string>>): Promise<WorkStage> {
  const stage = await openStage();
  const { dispatcher } = stage;
  const shop = makeRepository(dispatcher, "shop", files);
  const enqueue = (...sessions: string[]) => dispatcher.ask<MergeItem[]>("POST", "/api/merges", { sessions });
  return {
    ...stage,
    shop,
    enqueue,
    spawn: async (name, turns, { path: repository } = shop) => {
      const { id } = await dispatcher.spawn(`Work on ${name}`, turns, { name, repository, branch: `work/${name}` });
      await dispatcher.rested(id, 1);
      return id;
    },
    goOn: async (id, turns) => {
      await dispatcher.ask("POST", `/api/sessions/${id}/messages`, { kind: "prompt", body: { text: "Go on" } });
      await dispatcher.rested(id, turns);
    },
    settle: async (session) => {
      const [item] = await enqueue(session);
      return dispatcher.ask<MergeItem>("GET", `/api/merges/${item?.id}?waitMs=20000`);
    },
    openMerge: async (page, id) => {
      await page.goto(`${dispatcher.url}/session?id=${id}&view=merge`);
      return page.getByRole("region", { name: "Merge", exact: true });
    },
    changesOf: (id) => `${dispatcher.url}/session?id=${id}&view=changes`,
  };
}
