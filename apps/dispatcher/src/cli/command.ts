import type { Command } from "commander";
import type { Io } from "./environment.ts";

/** Declares the arguments of one command on `command` and what it does with them. */
export type DeclareCommand = (command: Command, io: Io) => void;

export interface CommandEntry {
  readonly group: string;
  readonly summary: string;
  /** What follows `--` is a program to start, not more arguments. */
  readonly takesProgram?: true;
  load(): Promise<DeclareCommand>;
}
