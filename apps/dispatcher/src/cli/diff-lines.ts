import { plainText } from "./escape.ts";
import type { Colour, Terminal } from "./terminal.ts";

const COLOURS: [RegExp, Colour][] = [
  [/^(diff |index |--- |\+\+\+ |new file|deleted file|old mode|new mode|similarity |rename |copy )/, "bold"],
  [/^@@/, "cyan"],
  [/^\+/, "green"],
  [/^-/, "red"],
];

/** A patch for a terminal. What the session wrote into it is shown and not obeyed. */
export function diffLines(patch: string, terminal: Terminal): string[] {
  if (patch === "") return [];
  return patch
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      const colour = COLOURS.find(([pattern]) => pattern.test(line))?.[1];
      return colour ? terminal.colour(colour, plainText(line)) : plainText(line);
    });
}
