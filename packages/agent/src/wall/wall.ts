import type { SessionPaths, SessionSpec } from "@harness/core";
import type { Limits, Sandbox, WrappedCommand } from "@harness/sandbox";

/**
 * `provider`: the session's model endpoint alone, through its relay. `list`: that, and the hosts of its list, through its
 * outlet. `host`: whatever this machine reaches.
 */
export type Network = "none" | "provider" | "list" | "host";

export interface WallPlace {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** For what may reach more than the coding agent. */
  readonly network?: "host";
  /** It asks its model nothing before it has answered a first request of ours. */
  readonly patient?: boolean;
  /** A control group counts the memory of all that is started. */
  readonly hasGroup?: boolean;
}

/** What stands around the coding agent of one session. */
export interface FoundWall {
  readonly sandbox: Sandbox["name"];
  readonly network: Network;
  /** The end of a command is the end of everything that it started. */
  readonly holdsTree: boolean;
  /** What of the limits it sets. */
  readonly limits: readonly (keyof Limits)[];
  /** Where the relay has to listen so that the inside reaches it; null where loopback is shared. */
  readonly door: Door | null;
  /** Where the outlet has to listen, and what it may reach; null where the network is no list. */
  readonly outlet: { readonly door: Door; readonly hosts: readonly string[] } | null;
  /** The same for the credential worker of the remote that it pushes to. */
  readonly pushDoor: Door | null;
  wrap(command: readonly string[], place: WallPlace): Promise<WrappedCommand>;
}

/** A socket with a path, which the inside reaches as a port of its loopback. */
export interface Door {
  readonly socket: string;
  readonly port: number;
}

export interface Wall {
  /** Found out once, by starting something inside. Throws `sandbox-unavailable` and `sandbox-unknown`. */
  find(): Promise<FoundWall>;
}

export interface WallInput {
  readonly spec: SessionSpec;
  readonly paths: SessionPaths;
  /** The session may push its branch. */
  readonly pushes: boolean;
  /** XDG_RUNTIME_DIR of the coding agent, below its home. */
  readonly runtime: string;
  /** The program that makes doors ports: see `bridge/main.ts`. */
  readonly bridge: string;
  /** What whoever starts this process has found out of the machine's sandbox. */
  readonly found?: string | undefined;
  onFound(found: { sandbox: Sandbox["name"]; network: Network }): void;
}
