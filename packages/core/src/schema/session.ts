import * as z from "zod/mini";
import { ID_PATTERN } from "../ids.ts";

export const IdSchema = z.string().check(z.regex(ID_PATTERN));

const TextMapSchema = z.record(z.string(), z.string());

/** Which driver runs which coding agent. `command` is the argument list it starts, `env` its extra variables. */
export const AgentChoiceSchema = z.looseObject({
  name: z.optional(z.string()),
  driver: z.string().check(z.minLength(1)),
  command: z.optional(z.array(z.string()).check(z.minLength(1))),
  env: z.optional(TextMapSchema),
});
export type AgentChoice = z.infer<typeof AgentChoiceSchema>;

/** The wire formats of model endpoints. */
export const WireSchema = z.enum(["anthropic", "openai-responses", "openai-chat", "gemini"]);
export type Wire = z.infer<typeof WireSchema>;

/** Where a coding agent finds its model. `keyEnv` names the variable that holds the key: a key is in no file of a session. */
export const EndpointSchema = z.looseObject({
  wire: WireSchema,
  baseUrl: z.string().check(z.minLength(1)),
  keyEnv: z.optional(z.string()),
});
export type Endpoint = z.infer<typeof EndpointSchema>;

const CountSchema = z.int().check(z.positive());

/** What the kernel holds the processes of a coding agent to. What is absent is not limited. */
export const ResourceLimitsSchema = z.looseObject({
  /** All together, threads included. */
  processes: z.optional(CountSchema),
  memoryBytes: z.optional(CountSchema),
  /** The largest file. */
  fileBytes: z.optional(CountSchema),
});
export type ResourceLimits = z.infer<typeof ResourceLimitsSchema>;

/** session.json: what was asked. Written once by whoever creates the session; unknown fields are kept. */
export const SessionSpecSchema = z.looseObject({
  v: z.literal(1),
  id: IdSchema,
  task: z.optional(z.string()),
  name: z.optional(IdSchema),
  agent: AgentChoiceSchema,
  provider: z.optional(z.string()),
  model: z.optional(z.string()),
  /** What the provider's name stood for when the session was made. */
  endpoint: z.optional(EndpointSchema),
  repository: z.optional(z.string()),
  base: z.optional(z.string()),
  branch: z.optional(z.string()),
  /** The wall around the coding agent: `auto`, `bubblewrap`, `seatbelt`, or `none`, which is what absence means. */
  sandbox: z.optional(z.string()),
  /**
   * What the coding agent reaches from behind the wall: `none`, `provider` (its model endpoint, unless given), `list` (that,
   * and `hosts`) or `host` (all that the machine does).
   */
  network: z.optional(z.string()),
  /** `name:port` or `address:port` of each; for `list`. */
  hosts: z.optional(z.array(z.string())),
  /** The directory of objects that the worktree borrows, which is shown behind the wall, read-only. */
  objects: z.optional(z.string()),
  limits: z.optional(ResourceLimitsSchema),
  labels: z.optional(TextMapSchema),
  createdAt: z.optional(z.string()),
});
export type SessionSpec = z.infer<typeof SessionSpecSchema>;
