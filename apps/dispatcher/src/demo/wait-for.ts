import { HarnessError } from "@harness/core";
import type { Story } from "./story.ts";

const LOOK_MS = 150;
const PATIENCE_MS = 30_000;

/** Waits for a fact; says so when it takes long. Throws when the story is broken off. */
export async function waitFor<T>(story: Story, what: string, look: () => T | null | false): Promise<T> {
  const { clock, narrator, signal } = story;
  let impatientMs = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== null && found !== false) return found;
    if (signal.aborted)
      throw new HarnessError("timed-out", "The demo was broken off.", { hint: "`harness demo` goes on with it." });
    if (clock.monotonic() > impatientMs) {
      narrator.say(`Still waiting until ${what}. \`harness ps\` and \`harness logs\` in another terminal show why.`);
      impatientMs += PATIENCE_MS;
    }
    await clock.sleep(LOOK_MS, signal);
  }
}
