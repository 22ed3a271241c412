import type { Script } from "@harness/scripted-model";

/** The keys that the model takes: one for each of two sessions. */
export const KEYS = { first: "sk-of-the-first-session", second: "sk-of-the-second-session" } as const;

/** Leaves two processes behind: one in a session of its own, one that also hides whose it is. */
const LINGER = "setsid sleep 4711 >/dev/null 2>&1 & env -i setsid sleep 4712 >/dev/null 2>&1 & echo begun";

const work = (name: string) => ({
  name,
  when: `work as ${name}`,
  replies: [
    [{ text: "First a look." }, { run: "cat broken.txt" }],
    [{ write: { path: `${name}.txt`, content: `mended by ${name}\n` } }],
    [{ run: `git add ${name}.txt && git commit --quiet -m "Mend as ${name}"` }],
    [{ text: `Mended as ${name}.` }],
  ],
});
const fails = (status: number) => ({ name: `fail ${status}`, when: `fail ${status}`, replies: [[{ error: status }]] });

/**
 * What the coding agents are told to do. The first scenario that fits is played: those that may come after a turn that
 * was broken off stand first, because some agents put the words of both turns together.
 */
export const SCRIPT: Script = {
  scenarios: [
    { name: "carry on", when: "carry on", replies: [[{ text: "Carrying on." }]] },
    { name: "resumed", when: "may have partly run", replies: [[{ text: "Going on with it." }]] },
    work("one"),
    work("two"),
    { name: "sleep", when: "sleep", replies: [[{ run: "sleep 4710" }], [{ text: "Slept." }]] },
    { name: "linger", when: "linger", replies: [[{ run: LINGER }], [{ text: "It lingers." }]] },
    { name: "drawl", when: "drawl", replies: [[{ text: "line\n".repeat(2_000), everyMs: 20 }]] },
    ...[400, 401, 429, 529].map(fails),
    { name: "cut", when: "fail by a cut", replies: [[{ text: "Half of " }, { disconnect: true }]] },
    { name: "hang", when: "hang", replies: [[{ text: "Half of " }, { hang: true }]] },
    { name: "greet", when: "greet", replies: [[{ text: "Good day." }]] },
  ],
  // For agents that ask for a title.
  aside: "A title",
};
