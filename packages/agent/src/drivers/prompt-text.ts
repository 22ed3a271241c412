import type { Prompt } from "./driver.ts";

/** What a coding agent is told: the prompt, whether it may have partly run, and which files belong to it. */
export function promptText(input: Prompt): string {
  const parts: string[] = [];
  if (input.resumed) {
    parts.push(
      "This turn was interrupted and may have partly run. See what is done already before you go on with it:\n",
    );
  }
  parts.push(input.text);
  if (input.attachments.length > 0)
    parts.push("", "Attached files:", ...input.attachments.map(({ path }) => `- ${path}`));
  const text = parts.join("\n");
  return text.endsWith("\n") ? text : `${text}\n`;
}
