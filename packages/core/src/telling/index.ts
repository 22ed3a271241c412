// What programs that show a session say about it. Nothing here needs Node: the page uses it too.
export { cutLines, cutText } from "./cut.ts";
export { failureHint, failureWords } from "./failure.ts";
export { limitWords } from "./limits.ts";
export { lastWords, withoutCause } from "./last-words.ts";
export { callText } from "./tool-call.ts";
export { wallMark } from "./wall.ts";
export { modelCallText, turnFacts } from "./turn-facts.ts";
