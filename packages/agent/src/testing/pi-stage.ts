import { startScriptedModel, type Script, type ScriptedModel } from "@harness/scripted-model";
import type { ModelChoice } from "../drivers/driver.ts";
import { piDriver } from "../drivers/pi/driver.ts";
import { openPlace, type Place, type PlaceOptions } from "./driver-conformance.ts";
import { PI_COMMAND } from "./pi-command.ts";

const stubborn = "trap '' TERM HUP INT; while :; do sleep 1; done";

const script: Script = {
  scenarios: [
    { name: "carry", when: "carry on", replies: [[{ text: "Carrying on." }]] },
    { name: "resumed", when: "may have partly run", replies: [[{ text: "Going on with it." }]] },
    { name: "greet", when: "greet", replies: [[{ text: "Good day." }]] },
    { name: "refuse", when: "refuse", replies: [[{ error: 400 }]] },
    { name: "falter", when: "falter", replies: [[{ error: 529, times: 1 }, { text: "Here it is." }]] },
    {
      name: "note",
      when: "note",
      replies: [
        [{ text: "First a look." }, { run: "printf made > note.txt; cat note.txt; exit 3" }],
        [{ write: { path: "deep/other.txt", content: "written\n" } }],
        [{ text: "Done." }],
      ],
    },
    {
      name: "hang",
      when: "hang",
      replies: [[{ run: `(setsid sh -c "${stubborn}" &); (env -i setsid sleep 1000 &); ${stubborn}` }]],
    },
    { name: "drawl", when: "drawl", replies: [[{ text: "One line.\nAnd then " }, { hang: true }]] },
    { name: "first", replies: [[{ text: "This is the first turn." }]] },
    { name: "second", replies: [[{ text: "This is the second turn." }]] },
    { name: "third", replies: [[{ text: "This is the third turn." }]] },
  ],
};

/** A model with a script, and Pi told to ask it. */
export interface PiStage {
  readonly model: ScriptedModel;
  readonly choice: PlaceOptions["choice"];
  endpoint(more?: Partial<ModelChoice>): ModelChoice;
  open(options?: Partial<PlaceOptions>): Promise<Place>;
}

export async function openPiStage(): Promise<PiStage> {
  const model = await startScriptedModel({ script, keys: ["session-key"] });
  const choice = { driver: "pi", command: PI_COMMAND, env: { MODEL_KEY: "session-key" } };
  const endpoint = (more: Partial<ModelChoice> = {}): ModelChoice => ({
    wire: "anthropic",
    baseUrl: model.url,
    keyEnv: "MODEL_KEY",
    id: "scripted-model",
    ...more,
  });
  const open = (options: Partial<PlaceOptions> = {}) =>
    openPlace(piDriver, { mode: "namespace", text: "", choice, model: endpoint(), ...options });
  return { model, choice, endpoint, open };
}
