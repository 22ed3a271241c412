import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { HarnessError, systemCode } from "@harness/core";

/** The text of a prompt: the argument itself, standard input for `-`, or a file. Throws `usage-invalid`. */
export async function readText(text: string | undefined, file: string | undefined): Promise<string> {
  if (text !== undefined && file !== undefined) {
    throw new HarnessError("usage-invalid", "A text and a file were given.", { hint: "Use one of them." });
  }
  if (file !== undefined) return readFile(file);
  if (text === "-") return (await buffer(process.stdin)).toString("utf8");
  if (text !== undefined) return text;
  throw new HarnessError("usage-invalid", "There is no text.", {
    hint: "Give it in quotes, as - for standard input, or with --file.",
  });
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new HarnessError("usage-invalid", `${path} cannot be read (${systemCode(error) ?? "unknown reason"}).`, {
      hint: "Name a file that you can read, or `-` for standard input.",
      cause: error,
    });
  }
}
