import type { Owner } from "@harness/core";
import type { Limits } from "./limits.ts";

export type SandboxName = "bubblewrap" | "seatbelt" | "none";

/**
 * A wall around one command.
 * Contract: what runs inside finds the paths of its policy, the system's own programs, and nothing else of the machine.
 */
export interface Sandbox {
  readonly name: SandboxName;
  /** Whether tests try what it promises, on the kind of machine that it is for. */
  readonly tested: boolean;
  /** The end of a command is the end of everything that it started, however that was forked. */
  readonly holdsTree: boolean;
  /** `own`: a loopback that leads nowhere else. `machine`: without `host` only the ports of the policy are reached. */
  readonly loopback: "own" | "machine";
  /** What it sets of the limits of a policy. */
  readonly limits: readonly (keyof Limits)[];
  /** Starts one harmless command inside, once: later calls are told the same. Never rejects. */
  probe(): Promise<Probe>;
  /**
   * Contract: starts nothing, changes no file. Whoever asks starts the command (`startWrapped`), or closes it.
   * Throws `sandbox-policy-invalid` for a policy that would break the wall, `sandbox-unavailable` where there is none.
   */
  wrap(command: readonly string[], policy: SandboxPolicy): Promise<WrappedCommand>;
}

export type Probe =
  | {
      readonly works: true;
      /** What it does not hold on this machine, in plain words. */ readonly gaps: readonly string[];
      /** For another process of ours, which then need not start anything to know the same. */ readonly found?: string;
    }
  | {
      readonly works: false;
      /** In plain words. */ readonly why: string;
      /** What a person can do. */ readonly hint: string;
    };

/** Paths are absolute and real: they name a directory or a regular file, not a link, and stand inside where they stand outside. */
export interface SandboxPolicy {
  readonly readOnly?: readonly string[];
  /** Leaves: nothing else may be mounted below one of them. */
  readonly readWrite?: readonly string[];
  /** HOME, which can be written too; without it HOME is the private /tmp. */
  readonly home?: string;
  /** Where the command starts. */
  readonly directory: string;
  /** All that the command gets, HOME aside. */
  readonly environment: Readonly<Record<string, string>>;
  /** `none`: a loopback of its own that leads nowhere. `host`: whatever this machine reaches. */
  readonly network: "none" | "host";
  /** Of the machine's loopback, for a sandbox that has none of its own: what the inside may serve and reach. */
  readonly ports?: readonly number[];
  readonly limits?: Limits;
  /**
   * For root alone: what is inside reads every file that is shown, whoever owns it. It has one capability for that, and no
   * user namespace, in which it would mean nothing. For programs that are ours and read what others wrote. Without a filter
   * of system calls it is not given.
   */
  readonly readsAll?: boolean;
  /** For root alone: whom the command is started as. */
  readonly as?: Owner | undefined;
}

export interface WrappedCommand {
  readonly command: readonly string[];
  /** The whole environment to start it with. */
  readonly environment: Readonly<Record<string, string>>;
  /** The current directory to start it in. */
  readonly directory: string;
  /** Open files that the command needs as its descriptors 3, 4, and so on. */
  readonly descriptors: readonly number[];
  /** Whom to start it as; as this process unless given. */
  readonly as?: Owner | undefined;
  /** Lets go of them; to be called once the command runs. */
  close(): void;
}
