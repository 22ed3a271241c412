import { z } from "zod";
import { ByteSizeSchema } from "../disk/byte-size.ts";

// What one repository needs is said in config.yaml alone: a file of the repository could be written by a session.

/** A shell line, or a program and its arguments; always the latter when read. */
const CommandLineSchema = z
  .union([z.string().min(1), z.array(z.string()).min(1)], {
    error: "This is neither a shell line nor a list of words.",
  })
  .transform((line) => (typeof line === "string" ? ["sh", "-c", line] : line));

/** A path inside the repository, or a pattern as git reads it: `*`, `?`, `[…]`, and `**` for any folders. */
const PatternSchema = z
  .string()
  .max(512)
  .refine(
    // oxlint-disable-next-line no-control-regex
    (text) => !/^\/|\\|[\u0000-\u001f\u007f]|(^|\/)(\.\.?|\.git)?(\/|$)/i.test(text.replace(/\/$/, "")),
    "A pattern names files inside the repository: relative, without `..`, and not in .git.",
  );

const PortNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/, "The name of a port has lower-case letters, digits, - and _.")
  .max(32);

const CredentialNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "This is not the name of a credential: `harness credential ls` lists them.");

const PushSectionSchema = z.strictObject({
  credential: CredentialNameSchema,
  /** A branch may be moved back. */
  force: z.boolean().default(false),
  /** What the remote itself runs may be changed without a person. */
  workflows: z.boolean().default(false),
});

/** The name of a credential, or a section that says more; always the latter when read. */
const PushSchema = z
  .union([CredentialNameSchema, PushSectionSchema], {
    error: "This is neither the name of a credential nor a section with `credential`, `force` and `workflows`.",
  })
  .transform((push) => (typeof push === "string" ? PushSectionSchema.parse({ credential: push }) : push));

const RepositorySchema = z.strictObject({
  /** Files that git does not keep and every session gets a copy of. */
  copy: z.array(PatternSchema).max(100).default([]),
  /** Has to succeed in a new worktree before the first turn. */
  setup: CommandLineSchema.optional(),
  /** 0 takes the limit away. */
  setupTimeoutMs: z
    .int()
    .min(0)
    .default(15 * 60_000),
  /** Runs when a session is closed or removed. */
  teardown: CommandLineSchema.optional(),
  /** Bounded, because a removal waits for it. */
  teardownTimeoutMs: z.int().min(1).max(600_000).default(60_000),
  /** Named ports beside `$PORT`: `web` is `$PORT_WEB`. */
  ports: z
    .array(PortNameSchema)
    .max(32)
    .refine((names) => new Set(names.map(upperCase)).size === names.length, "Two ports have the same name.")
    .default([]),
  /** Has to succeed on what a merge comes to before the merge is made. */
  gate: CommandLineSchema.optional(),
  gateTimeoutMs: z
    .int()
    .min(1)
    .max(24 * 60 * 60_000)
    .default(30 * 60_000),
  /** Whether a gate reaches the network, where there is a sandbox. */
  gateNetwork: z.enum(["none", "host"]).default("none"),
  /** What a gate may read beside the files of the merge and the system's programs: absolute paths. */
  gateTools: z.array(z.string().regex(/^\/./, "A path is absolute.")).max(32).default([]),
  /** Two sessions that come into conflict are told of it without being asked to. */
  tellConflicts: z.boolean().default(false),
  /** What the sessions that may push their branch push with: a credential of `harness credential set --git`. */
  push: PushSchema.optional(),
  /** How much of the disk one session may take; instead of limits.diskPerSession. */
  disk: ByteSizeSchema.optional(),
});

export type RepositorySettings = z.infer<typeof RepositorySchema>;

const PathSchema = z
  .string()
  .regex(/^(\/|~\/)/, "A repository is named by its absolute path, or by one that begins with ~/.");

export const RepositoriesSchema = z.record(PathSchema, RepositorySchema).default({});

function upperCase(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}
