import { plainJson } from "./escape.ts";

export type Colour = "red" | "green" | "yellow" | "blue" | "cyan" | "dim" | "bold";

const CODES: Record<Colour, [number, number]> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Where a command writes. What it found goes out on stdout; what a person should know beside it, on stderr. */
export interface Terminal {
  line(text?: string): void;
  json(value: unknown): void;
  note(text: string): void;
  colour(colour: Colour, text: string): string;
  /** Columns of the terminal; undefined when the output is no terminal. */
  readonly columns: number | undefined;
}

export function createTerminal(env: { NO_COLOR?: string | undefined; TERM?: string | undefined }): Terminal {
  const { stdout, stderr } = process;
  const coloured = stdout.isTTY && !env.NO_COLOR && env.TERM !== "dumb";
  return {
    line: (text = "") => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${plainJson(value, 2)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    colour: (colour, text) => {
      const [on, off] = CODES[colour];
      return coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
    },
    columns: stdout.isTTY ? stdout.columns : undefined,
  };
}
