import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { AgentChoice } from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import {
  GRACE_MS,
  type Answer,
  type AskRequest,
  type Driver,
  type DriverEvent,
  type DriverSession,
  type OpenOptions,
  type Prompt,
} from "../drivers/driver.ts";
import { codingEnvironment, homePlaces, treeMarks } from "../environment.ts";
import { createProcessTree } from "../tree/process-tree.ts";
import { findMarked } from "../tree/sweep.ts";
import type { TreeMode } from "../tree/wrap.ts";

/** One coding agent in one situation: how it is chosen, and the prompt that brings the situation about. */
export interface Situation {
  readonly choice: AgentChoice;
  readonly text: string;
  readonly model?: OpenOptions["model"];
}

export interface DriverSituations {
  /** Replies with a text that contains `with`. */
  readonly replies: Situation & { readonly with: string };
  /** The turn fails. */
  readonly fails: Situation;
  /** Never ends by itself, and starts processes that are hard to be rid of. */
  readonly hangs: Situation;
  /** Tells, as a text that contains `told`, that it goes on with a turn that may have partly run. */
  readonly resumes?: Situation & { readonly told: string };
}

/** What every driver promises, for the tests of one driver. */
export function testDriver(driver: Driver, situations: DriverSituations): void {
  describe.each<TreeMode>(["namespace", "sweep"])(`driver ${driver.name}, processes held by %s`, (mode) => {
    it("ends a turn with one last event that says why", async () => {
      await using place = await openPlace(driver, { ...situations.replies, mode });
      const events = await place.turn();
      expect(events.filter(({ type }) => type === "turn.ended")).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ type: "turn.ended", stopReason: "end_turn" });
      expect(textOf(events)).toContain(situations.replies.with);
    });

    it("runs one turn after the other", async () => {
      await using place = await openPlace(driver, { ...situations.replies, mode });
      expect((await place.turn()).at(-1)).toMatchObject({ stopReason: "end_turn" });
      expect((await place.turn({ turn: "second" })).at(-1)).toMatchObject({ type: "turn.ended" });
    });

    it("reports a failure as the turn's end and throws nothing", async () => {
      await using place = await openPlace(driver, { ...situations.fails, mode });
      const end = (await place.turn()).at(-1);
      expect(end).toMatchObject({ type: "turn.ended", stopReason: "failed" });
    });

    it("ends an aborted turn in time and leaves no process", async () => {
      await using place = await openPlace(driver, { ...situations.hangs, mode });
      const abort = new AbortController();
      const turn = place.turn({}, abort.signal);
      await until(() => place.processes().length > 2);
      const abortedAt = performance.now();
      abort.abort("cancel");
      expect((await turn).at(-1)).toMatchObject({ type: "turn.ended", stopReason: "cancelled" });
      expect(performance.now() - abortedAt).toBeLessThan(GRACE_MS * place.slowness);
      expect(place.processes()).toEqual([]);
    });

    it("ends at once when it is aborted before it begins", async () => {
      await using place = await openPlace(driver, { ...situations.hangs, mode });
      expect((await place.turn({}, AbortSignal.abort("cancel"))).at(-1)).toMatchObject({ stopReason: "cancelled" });
      expect(place.processes()).toEqual([]);
    });

    it("leaves no process when it is closed", async () => {
      await using place = await openPlace(driver, { ...situations.hangs, mode });
      const turn = place.turn();
      await until(() => place.processes().length > 2);
      await place.session.close();
      await turn;
      expect(place.processes()).toEqual([]);
    });

    it.runIf(situations.resumes)("tells the coding agent that the turn may have partly run", async () => {
      const { told, ...situation } = situations.resumes ?? { ...situations.replies, told: "" };
      await using place = await openPlace(driver, { ...situation, mode });
      expect(textOf(await place.turn({ resumed: true, attempt: 2 }))).toContain(told);
    });
  });
}

export function textOf(events: readonly DriverEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}

export interface Place {
  readonly session: DriverSession;
  readonly directory: string;
  readonly options: OpenOptions;
  /** What the driver asked. */
  readonly asked: AskRequest[];
  /** The resume tokens that were kept at once. */
  readonly kept: string[];
  /** How much longer things take here than they should: machines that run tests do other things too. */
  readonly slowness: number;
  turn(prompt?: Partial<Prompt>, signal?: AbortSignal): Promise<DriverEvent[]>;
  /** Opens the driver again in the same place, as the next agent process would. */
  reopen(resumeToken: string | null): Promise<void>;
  processes(): number[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PlaceOptions extends Situation {
  readonly mode: TreeMode;
  readonly answer?: Answer;
  /** Takes the place of the answer: a person who thinks about it. */
  ask?(request: AskRequest): Promise<Answer>;
  readonly resumeToken?: string;
  readonly history?: string;
  /** Variables of the coding agent. */
  readonly env?: Record<string, string>;
}

/** A driver opened in a directory of its own, as an agent process would. */
export async function openPlace(driver: Driver, given: PlaceOptions): Promise<Place> {
  const { text, mode, answer } = given;
  const choice = { ...given.choice, env: { ...given.choice.env, ...given.env } };
  const root = temporaryDirectory("harness-driver-");
  const session = root.path.split("-").at(-1) ?? "";
  const home = join(root.path, "home");
  const directory = join(root.path, "worktree");
  for (const path of [directory, ...homePlaces(home).directories]) mkdirSync(path, { recursive: true });
  const marks = treeMarks(session, "0-0");
  const own = { PATH: process.env["PATH"] };
  const environment = codingEnvironment({ own, home, session, generation: "1", tree: "0-0", choice });
  const processes = createProcessTree({ environment, marks, mode, onMode: () => {} });
  const asked: AskRequest[] = [];
  const kept: string[] = [];
  const options: OpenOptions = {
    session,
    choice,
    directory,
    home,
    model: given.model ?? null,
    processes,
    sessionDirectory: root.path,
    transcripts: join(root.path, "log", "turns"),
    resumeToken: given.resumeToken ?? null,
    keepResume: async (token) => void kept.push(token),
    history: async () => given.history ?? "",
    ask: async (request) => {
      asked.push(request);
      return given.ask?.(request) ?? answer ?? { outcome: "expired" };
    },
  };
  let opened = await driver.open(options);
  return {
    get session() {
      return opened;
    },
    directory,
    options,
    asked,
    kept,
    slowness: 3,
    async turn(prompt = {}, signal = new AbortController().signal) {
      const events: DriverEvent[] = [];
      const whole = { turn: "first", text, attachments: [], attempt: 1, resumed: false, ...prompt };
      for await (const event of opened.prompt(whole, signal)) events.push(event);
      return events;
    },
    async reopen(resumeToken) {
      opened = await driver.open({ ...options, resumeToken });
    },
    processes: () => findMarked(marks),
    async [Symbol.asyncDispose]() {
      await processes.stop();
      await root[Symbol.asyncDispose]();
    },
  };
}
