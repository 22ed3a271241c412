import type { Script } from "@harness/scripted-model";
import { ROLES, type Pace } from "../roles.ts";

const ELSE = `I am the model of the demo: a script that knows how to do two tasks, and nothing else.
A session with a model of your own: export ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, then \`harness down\`,
\`harness up\`, and \`harness spawn "…"\` in a repository of yours.`;

/** What the demo's model says and does, for both sessions. */
export function demoScript(pace: Pace): Script {
  const scenarios = ROLES.flatMap(({ name, task, goAhead, work, commit }) => [
    // What a person says last decides; a task is longer than a go-ahead and is never part of one.
    { name: `${name}: commit`, when: goAhead, replies: paced(pace, commit(pace)) },
    { name, when: task, replies: paced(pace, work(pace)) },
  ]);
  return { scenarios: [...scenarios, { name: "anything else", replies: [[{ text: ELSE }]] }], aside: "The demo" };
}

type Replies = Script["scenarios"][number]["replies"];

// A person reads the words as they come, and sees each step before the next.
function paced({ stepMs }: Pace, replies: Replies): Replies {
  if (stepMs === 0) return replies;
  const everyMs = Math.round(stepMs / 20);
  return replies.map((reply) => [
    { delayMs: Math.round(stepMs / 2) },
    ...reply.map((step) => ("text" in step ? { ...step, everyMs } : step)),
  ]);
}
