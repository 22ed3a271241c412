import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openPlace, type Place, type PlaceOptions } from "../../../testing/driver-conformance.ts";
import { acpDriver } from "../driver.ts";

const PROGRAM = resolve(import.meta.dirname, "../../../../test/programs/acp-agent.ts");

/** The choice of an agent that does what its prompt says. */
export const fakeAgent = (...flags: string[]) => ({ driver: "acp", command: [process.execPath, PROGRAM, ...flags] });

/** What it does, as a prompt. */
export const steps = (...list: object[]) => JSON.stringify(list);

export const openFake = (options: Partial<PlaceOptions> = {}) =>
  openPlace(acpDriver, { mode: "namespace", choice: fakeAgent(), text: "hello", ...options });

export interface LoggedFrame {
  readonly from: string;
  readonly frame?: Record<string, unknown>;
  readonly text?: string;
}

/** The frames of a turn as the log has them. */
export function framesOf(place: Place, turn = "first"): LoggedFrame[] {
  const text = readFileSync(join(place.options.transcripts, `${turn}.jsonl`), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LoggedFrame);
}
