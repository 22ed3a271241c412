/** Paths on which a model is asked for a reply, whatever stands before them: the four wires. */
const REPLY_PATHS =
  /\/(?:messages|chat\/completions|responses(?:\/compact)?|models\/[^/]+:(?:generateContent|streamGenerateContent))$/;

/** Whether a request asks a model for a reply: lists of models, counts of tokens and telemetry say nothing about a turn. Pure. */
export function isModelCall(method: string | undefined, target: string): boolean {
  return method === "POST" && REPLY_PATHS.test(target.split("?")[0] ?? "");
}
