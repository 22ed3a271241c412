/** Where the story is told. */
export interface Narrator {
  /** A numbered heading. */
  chapter(title: string): void;
  say(text: string): void;
  /** Rows of cells, the first row being titles. */
  table(rows: readonly (readonly string[])[]): void;
  /** Text of a file, a command or a coding agent, as it is. */
  quote(text: string): void;
  /** Lets a person read. */
  pause(): Promise<void>;
}

/** What the story asks of the dispatcher; all else it reads from files. */
export interface Door {
  spawn(input: SpawnRequest): Promise<{ id: string }>;
  /** Resolves with the commit that the target branch is at, also when it was merged before. */
  merge(id: string): Promise<{ commit: string }>;
  /** Removes a session with all that it did. */
  discard(id: string): Promise<void>;
  /** Starts another dispatcher in place of one that is gone. */
  recover(): Promise<void>;
}

export interface SpawnRequest {
  task: string;
  repository: string;
  branch: string;
  base: string;
  agent: string;
  provider: string;
  name: string;
  labels: Record<string, string>;
}
