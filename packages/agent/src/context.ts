import { jsonFileBytes, STATE_FILE_LIMIT, type Context, type Inbound } from "@harness/core";

type ContextBody = Extract<Inbound, { kind: "context" }>["body"];

/** A person's edit: each field given replaces that field, unknown ones included. Pure. */
export function editContext(context: Context, body: ContextBody): { context: Context; fields: string[] } {
  const edits = Object.entries(body).filter(([field]) => field !== "v" && field !== "session" && field !== "resume");
  return { context: { ...context, ...Object.fromEntries(edits) }, fields: edits.map(([field]) => field) };
}

// Leaves room for what the driver adds. A file that is larger would be taken for damaged at the next start.
const EDITED_LIMIT = STATE_FILE_LIMIT - 64 * 1024;
const TOO_LARGE = `too-large: with it context.json would have more than ${EDITED_LIMIT} bytes`;

export interface WorkingMemory {
  current(): Context;
  /** Applies a person's edit, in memory. Returns the fields that it names, or why it cannot be made. */
  edit(body: ContextBody): string[] | string;
  /** Keeps what the driver needs to go on with the same conversation, in memory. */
  keepResume(token: string | null): void;
  /** Resolves when the disk has what is current. Can be tried again: it never writes anything older. */
  save(): Promise<void>;
}

export interface WorkingMemoryOptions {
  readonly initial: Context;
  write(context: Context): Promise<void>;
}

/** The one writer of context.json; writes follow one another. */
export function createWorkingMemory({ initial, write }: WorkingMemoryOptions): WorkingMemory {
  let context = initial;
  let written = initial;
  let last = Promise.resolve();

  async function writeCurrent(): Promise<void> {
    const latest = context;
    if (written === latest) return;
    await write(latest);
    written = latest;
  }

  return {
    current: () => context,
    edit(body) {
      const edited = editContext(context, body);
      if (jsonFileBytes(edited.context) > EDITED_LIMIT) return TOO_LARGE;
      context = edited.context;
      return edited.fields;
    },
    keepResume(token) {
      if ((context.resume ?? null) !== token) context = { ...context, resume: token ?? undefined };
    },
    save() {
      last = last.catch(() => {}).then(writeCurrent);
      return last;
    },
  };
}
