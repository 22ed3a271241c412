/** What the attempts aim at: told by whoever set the stage, in a file that the session can read. It holds no secret itself. */
export interface Targets {
  readonly v: 1;
  /** SHA-256 of each canary. A canary stands in places that must not be read, and nowhere else. */
  readonly canaries: readonly string[];
  /** `NAME=value` in the environment of whatever an attempt leaves behind. Only where whoever set the stage ends the session. */
  readonly mark?: string | undefined;
  readonly own: {
    readonly worktree: string;
    readonly home?: string | undefined;
    /** What the worktree borrows and must not change. */
    readonly borrowed?: string | undefined;
    /** Where it can write. */
    readonly places: readonly string[];
    /** Files of the system that work needs. */
    readonly promised: readonly string[];
    /** What it may take of the machine. */
    readonly limits?:
      | { readonly processes?: number; readonly fileBytes: number; readonly memoryBytes?: number }
      | undefined;
    /** Variables that the session was given. */
    readonly variables: Readonly<Record<string, string>>;
  };
  /** The session's own records, which are not for its coding agent. */
  readonly records?: { readonly directory: string; readonly files: readonly string[] } | undefined;
  readonly other?:
    | { readonly directory: string; readonly files: readonly string[]; readonly socket?: string }
    | undefined;
  /** What else there is of Harness. */
  readonly state: readonly string[];
  /** A person's home made for this, and things of the home that is there. */
  readonly person: { readonly directory: string; readonly files: readonly string[] };
  /** Appears outside as soon as something runs there that was planted inside. Only of a session that is thrown away. */
  readonly trace?: string | undefined;
  readonly bystander: { readonly pid: number; readonly words: string; readonly inspector: number };
  readonly network: {
    readonly tcp: number;
    readonly tcp6: number | null;
    readonly udp: number;
    readonly abstract: string;
  };
  /** Sockets of programs that act for the person: keys, containers, the desktop. */
  readonly services: readonly string[];
  readonly dispatchers: readonly { readonly port: number; readonly token: string; readonly paths: readonly string[] }[];
  /** The branch that the session may push, over the credential worker of its remote. */
  readonly push?: { readonly ref: string } | undefined;
  /** Where worktrees of later sessions begin as snapshots, whether or not there is something yet. */
  readonly templates?: readonly string[] | undefined;
  readonly model?: { readonly keyVariable: string; readonly elsewhere: number } | undefined;
  readonly namespaces: Readonly<Record<string, string>>;
  readonly machine: { readonly hostname: string; readonly accounts: string };
}

/** Throws where it is no such file. */
export function parseTargets(text: string): Targets {
  const value = JSON.parse(text) as Partial<Targets> | null;
  if (value?.v !== 1 || !Array.isArray(value.canaries) || value.own === undefined)
    throw new Error("These are no targets.");
  return value as Targets;
}
