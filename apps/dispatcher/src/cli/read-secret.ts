import { readFileSync } from "node:fs";
import { HarnessError } from "@harness/core";

const LIMIT = 16 * 1024;
const ENTER = new Set(["\r", "\n", "\u0004"]);
const ERASE = new Set(["\u007f", "\b"]);
const INTERRUPT = "\u0003";

/** From the terminal without showing it, else from standard input, else from a file. Whitespace around it is not part of it. */
export async function readSecret(question: string, file?: string): Promise<string> {
  if (file !== undefined) return checked(readFileSync(file, "utf8"));
  return checked(process.stdin.isTTY ? await ask(question) : await readAll());
}

/** From a file, else from standard input: it is more than one line, and nothing to be typed where it is seen. */
export async function readLogin(file?: string): Promise<string> {
  if (file !== undefined) return readFileSync(file, "utf8");
  if (!process.stdin.isTTY) return readAll();
  throw new HarnessError("request-invalid", "No login was given.", {
    hint: "Give it on standard input, or with --file.",
  });
}

/** Null where nobody sits at a terminal. */
export async function askHidden(question: string): Promise<string | null> {
  return process.stdin.isTTY ? ask(question) : null;
}

function ask(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let text = "";
    const done = (finish: () => void) => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off("data", hear);
      stderr.write("\n");
      finish();
    };
    function hear(piece: string): void {
      for (const character of piece) {
        if (character === INTERRUPT)
          return done(() => reject(refused("Nothing was entered.", "Nothing was kept. Start again when you have it.")));
        if (ENTER.has(character)) return done(() => resolve(text));
        text = ERASE.has(character) ? text.slice(0, -1) : text + character;
      }
    }
    stdin.on("data", hear);
  });
}

async function readAll(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin) if (text.length <= LIMIT) text += String(piece);
  return text;
}

function checked(text: string): string {
  const secret = text.trim();
  if (secret === "")
    throw refused("No key was given.", "Type it at the terminal, pipe it in, or name its file with --file.");
  // As a header's value it would not be sent.
  if (secret.length > LIMIT || !/^[\u0021-\u007e]+$/.test(secret))
    throw refused(
      "This is not one line of printable characters without spaces.",
      "Give the key alone, as its provider shows it.",
    );
  return secret;
}

function refused(message: string, hint: string): HarnessError {
  return new HarnessError("request-invalid", message, { hint });
}
