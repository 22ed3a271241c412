/** A connection that the outlet did not make. */
export interface Refused {
  /** What was asked for, cut. */
  readonly target: string;
  readonly reason: string;
}

/** What the outlet is told, in one JSON line. */
export interface OutletStart {
  /** Where it opens a socket. */
  readonly socket: string;
  /** As session.json lists them. */
  readonly hosts: readonly string[];
}

/** What it says, one JSON object a line. `more` counts what was refused before without a line of its own. */
export type OutletLine =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly text: string }
  | ({ readonly type: "refused"; readonly more?: number } & Refused);
