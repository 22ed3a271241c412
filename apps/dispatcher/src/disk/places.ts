/** Where what a session takes stands. */
export const PARTS = ["worktree", "objects", "home", "log", "rest"] as const;
export type Part = (typeof PARTS)[number];
export type Sizes = Record<Part, number>;

/** Which part a directory belongs to, and what in it belongs to another. */
export interface Place {
  part: Part;
  inside?: Readonly<Record<string, Place>>;
}

/** The directory of a session. */
export const SESSION: Place = {
  part: "rest",
  inside: {
    home: { part: "home" },
    log: { part: "log" },
    worktree: {
      part: "worktree",
      inside: { ".git": { part: "worktree", inside: { objects: { part: "objects" } } } },
    },
  },
};

export const WHOLE: Place = { part: "rest" };

export function emptySizes(): Sizes {
  return { worktree: 0, objects: 0, home: 0, log: 0, rest: 0 };
}

export function totalOf(sizes: Sizes): number {
  return PARTS.reduce((sum, part) => sum + sizes[part], 0);
}
