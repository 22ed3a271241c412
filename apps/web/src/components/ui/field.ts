/** How a line that takes text looks. */
export const FIELD =
  "min-h-9 w-full min-w-0 rounded-md border border-faint bg-sheet px-3 py-1 text-sm placeholder:text-soft pointer-coarse:min-h-11";
