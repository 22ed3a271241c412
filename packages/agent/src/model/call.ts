/** How a model call ended: answered in full, refused with a status or inside the stream, cut or never connected, given up by the coding agent. */
export type CallOutcome = "ok" | "refused" | "broken" | "aborted";

export interface CallBegin {
  readonly type: "begin";
  readonly call: number;
}

/** One call of the model endpoint, as the relay saw it end. */
export interface CallEnd {
  readonly type: "end";
  readonly call: number;
  /** Null where the endpoint could not be reached. */
  readonly status: number | null;
  readonly outcome: CallOutcome;
  readonly durationMs: number;
  /** Null where no byte of a body came. */
  readonly firstByteMs: number | null;
  /** Of the answer's body. */
  readonly bytes: number;
  readonly retryAfterMs?: number;
  /** What the endpoint said of a failure, cut. */
  readonly text?: string;
  /** Why the session's credential worker said no, where it was not the endpoint. */
  readonly refusal?: string;
  /** The status that a failure told inside an accepted stream stands for. */
  readonly inStreamError?: number;
}

/** The credential worker holds a call while a person is asked for more budget, or does no longer. */
export type CallHold =
  | { readonly type: "held"; readonly call: number; readonly text: string; readonly holdMs: number }
  /** `answered`: by the endpoint. Otherwise its client went away, or it was refused. */
  | { readonly type: "released"; readonly call: number; readonly answered: boolean };

/** How long an endpoint may say nothing before a coding agent that goes away is taken to have given it up. */
const PATIENCE_MS = 5_000;

/** The coding agent waited for an answer and none began. Pure. */
export function isUnanswered({ outcome, bytes, durationMs }: CallEnd): boolean {
  return outcome === "aborted" && bytes === 0 && durationMs >= PATIENCE_MS;
}

/** What the relay says, one JSON object a line. `failed` is its last word; `synced` answers a request to say what it knows. */
export type RelayLine =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly text: string }
  | { readonly type: "synced"; readonly request: number }
  | CallBegin
  | CallHold
  | CallEnd;

/** What the relay is told, one JSON object a line: first what it serves and where, then requests. */
export interface RelayStart {
  /** The model endpoint's base URL. */
  readonly upstream: string;
  /** The first segment of every path that it answers. */
  readonly prefix: string;
  /** The only Host that it answers. */
  readonly host: string;
  /** Where it opens a socket itself; without it there is one at `RELAY_SOCKET`. */
  readonly path?: string | undefined;
  /** The credential worker that stands before the endpoint. */
  readonly worker?: WorkerDoor | undefined;
}

/** How a session reaches its credential worker. */
export interface WorkerDoor {
  readonly socket: string;
  /** Presented in the place of whatever a client presents; undefined where the client has it and presents it itself. */
  readonly key?: string | undefined;
}

/** The descriptor of the socket that it finds open. */
export const RELAY_SOCKET = 3;
export interface RelaySync {
  readonly sync: number;
}
/** A call that is held gets its refusal now. */
export interface RelayRefuse {
  readonly refuse: number;
}
