import type { Context, EventBody, Inbound } from "@harness/core";

type ContextBody = Extract<Inbound, { kind: "context" }>["body"];

/** A person's edit: each field given replaces that field, unknown ones included. Pure. */
export function editContext(context: Context, body: ContextBody): { context: Context; fields: string[] } {
  const edits = Object.entries(body).filter(([field]) => field !== "v" && field !== "session" && field !== "resume");
  return { context: { ...context, ...Object.fromEntries(edits) }, fields: edits.map(([field]) => field) };
}

export interface WorkingMemory {
  current(): Context;
  /** Applies a person's edit and waits until it is on the disk. */
  edit(body: ContextBody): Promise<void>;
  /** Keeps what the driver needs to go on with the same conversation. */
  keepResume(token: string | null): Promise<void>;
}

export interface WorkingMemoryOptions {
  readonly initial: Context;
  write(context: Context): Promise<void>;
  record(event: EventBody): void;
}

/** The one writer of context.json; writes follow one another. */
export function createWorkingMemory({ initial, write, record }: WorkingMemoryOptions): WorkingMemory {
  let context = initial;
  let last = Promise.resolve();

  function store(next: Context): Promise<void> {
    context = next;
    last = last.catch(() => {}).then(() => write(context));
    return last;
  }

  return {
    current: () => context,
    async edit(body) {
      const edited = editContext(context, body);
      await store(edited.context);
      record({ type: "context.changed", fields: edited.fields });
    },
    async keepResume(token) {
      if ((context.resume ?? null) !== token) await store({ ...context, resume: token ?? undefined });
    },
  };
}
