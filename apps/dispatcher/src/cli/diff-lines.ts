import { escapeText } from "../worktrees/escape.ts";
import type { Colour, Terminal } from "./terminal.ts";

const COLOURS: [RegExp, Colour][] = [
  [/^(diff |index |--- |\+\+\+ |new file|deleted file|old mode|new mode|similarity |rename |copy )/, "bold"],
  [/^@@/, "cyan"],
  [/^\+/, "green"],
  [/^-/, "red"],
];

/** A patch for a terminal. What the session wrote into it is shown and not obeyed: nothing of it is left out either. */
export function diffLines(patch: string, terminal: Terminal): string[] {
  if (patch === "") return [];
  return patch
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      const text = line.replace(/\r$/, "");
      const shown = escapeText(text);
      // Spelled out, and in a colour that nothing else in a diff has.
      const colour = shown === text ? COLOURS.find(([pattern]) => pattern.test(line))?.[1] : "yellow";
      return colour ? terminal.colour(colour, shown) : shown;
    });
}
