import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { HarnessError, systemCode, WireSchema, type StateRoot } from "@harness/core";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { builtInAgent, BUILT_IN_AGENTS } from "./coding-agents/built-in.ts";
import { explain, invalid, lineOf } from "./config-mistakes.ts";
import { ByteSizeSchema } from "./disk/byte-size.ts";
import { PORTS, PortRangeSchema } from "./ports/port-range.ts";
import { NetworkWishSchema } from "./sessions/network-wish.ts";
import { ResourcesSchema } from "./sessions/resources.ts";
import { UsersSchema } from "./users/id-range.ts";
import { BUILT_IN_PROVIDERS, completeProvider, type Provider } from "./providers/built-in.ts";
import { RepositoriesSchema } from "./repositories/settings.ts";

const NameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "A name has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.");
const VariableSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "This is not the name of an environment variable.");
const CommandSchema = z.array(z.string()).min(1);

const BaseUrlSchema = z
  .url({ protocol: /^https?$/, error: "This is not an http or https address." })
  .refine((text) => !/\/\/[^/]*@/.test(text), "An address holds no key: name the variable that does with keyEnv.");

const BudgetSchema = z
  .strictObject({
    /** Of each session. */
    tokens: z.int().min(1).optional(),
    /** Of all sessions with the same label `job` together, in each day or month of UTC. */
    perJob: z.strictObject({ tokens: z.int().min(1), every: z.enum(["day", "month"]).default("day") }).optional(),
  })
  .refine(({ tokens, perJob }) => tokens !== undefined || perJob !== undefined, "Say `tokens`, `perJob`, or both.");

// Of what is built in, a part may be given.
const ProviderSchema = z.strictObject({
  wire: z.optional(WireSchema),
  baseUrl: BaseUrlSchema.optional(),
  /** The variable of the dispatcher's environment that holds the key. */
  keyEnv: VariableSchema.optional(),
  /** For sessions that name no model. */
  model: z.string().min(1).optional(),
  /** What may be spent before a person is asked. */
  budget: BudgetSchema.optional(),
  /** What all sessions together may ask of it, shared fairly. */
  limits: z
    .strictObject({ concurrent: z.int().min(1).optional(), requestsPerMinute: z.int().min(1).optional() })
    .optional(),
});

/** 0 takes a limit away. */
const LimitSchema = z.int().min(0).optional();
const AgentSchema = z.strictObject({
  driver: z.string().min(1).optional(),
  command: CommandSchema.optional(),
  env: z.record(VariableSchema, z.string()).optional(),
  /** How long a turn may take. */
  turnLimitMs: LimitSchema,
  /** How long it may do nothing at all. */
  silenceLimitMs: LimitSchema,
  /** How long one tool call may take. */
  toolLimitMs: LimitSchema,
  /** How long it may only try its model again. */
  retryLimitMs: LimitSchema,
});
type ConfiguredAgent = z.infer<typeof AgentSchema>;
export type Agent = ConfiguredAgent & { driver: string };

const FileSchema = z.strictObject({
  defaults: z
    .strictObject({
      agent: NameSchema.default("pi"),
      provider: NameSchema.optional(),
      model: z.string().min(1).optional(),
      sandbox: z.enum(["auto", "bubblewrap", "seatbelt", "none"]).optional(),
      network: NetworkWishSchema.optional(),
      /** Without it a session starts from what the repository has checked out. */
      base: z.string().min(1).optional(),
    })
    .prefault({}),
  providers: z.record(NameSchema, ProviderSchema).default({}),
  agents: z.record(NameSchema, AgentSchema).default({}),
  limits: z
    .strictObject({
      /** Agent processes alive at once. */
      concurrent: z.int().min(1).default(8),
      /** An idle session is parked after this; 0 means never. */
      parkAfterMinutes: z.number().min(0).default(30),
      /** Where the ports of sessions are taken from. */
      ports: PortRangeSchema.default(PORTS),
      /** How much of the disk one session may take. */
      diskPerSession: ByteSizeSchema.optional(),
      ...ResourcesSchema,
    })
    .prefault({}),
  /** By the absolute path of the repository. */
  repositories: RepositoriesSchema,
  /** How long, and how much of it, the work of sessions that are gone is kept; 0 is no limit. */
  salvage: z
    .strictObject({
      keepDays: z.number().min(0).default(90),
      maxBytes: z
        .int()
        .min(0)
        .default(5 * 1024 ** 3),
    })
    .prefault({}),
  /** The same for their directories; with 0 days they are deleted at once. */
  trash: z
    .strictObject({
      keepDays: z.number().min(0).default(7),
      maxBytes: z
        .int()
        .min(0)
        .default(10 * 1024 ** 3),
    })
    .prefault({}),
  agentCommand: CommandSchema.optional(),
  /** Whether credential workers and sessions run as users of their own. */
  users: UsersSchema.default("auto"),
});

export type Config = Omit<z.infer<typeof FileSchema>, "agentCommand" | "agents" | "providers"> & {
  /** The built-in ones and those of config.yaml; what config.yaml says comes first. */
  agents: Record<string, Agent>;
  providers: Record<string, Provider>;
  /** How an agent process is started; its own arguments follow. */
  agentCommand: string[];
};

/** Reads config.yaml. A missing or empty file is a configuration of defaults. Throws `config-invalid`, naming the line. */
export function readConfig(root: StateRoot): Config {
  return parseConfig(readText(root.config), root.config);
}

export function parseConfig(text: string, file = "config.yaml"): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax) throw invalid(file, lines.linePos(syntax.pos[0]).line, syntax.message);
  const parsed = FileSchema.safeParse(withoutEmpty(document.toJS() ?? {}));
  if (!parsed.success) throw explain(parsed.error, { file, document, lines, schema: FileSchema });
  const { agents, providers, agentCommand, ...rest } = parsed.data;
  const missing = (section: string, name: string, key: string) =>
    invalid(file, lineOf(document, lines, [section, name, key]), `${section}.${name}.${key}: It is missing.`);
  const ownAgents = mapValues(agents, (agent, name) => {
    const complete = completeAgent(name, agent);
    if (complete === null) throw missing("agents", name, "driver");
    if (lacksCommand(name, complete)) throw missing("agents", name, "command");
    return complete;
  });
  const ownProviders = mapValues(providers, (provider, name) => {
    const complete = completeProvider(name, provider);
    if (complete === null) throw missing("providers", name, "wire");
    return complete;
  });
  return {
    ...rest,
    agents: { ...mapValues(BUILT_IN_AGENTS, ({ driver }) => ({ driver })), ...ownAgents },
    // Those that the person wrote stand first: that is the order in which one is taken.
    providers: { ...ownProviders, ...without(BUILT_IN_PROVIDERS, ownProviders) },
    agentCommand: agentCommand ?? defaultAgentCommand(),
  };
}

function completeAgent(name: string, agent: ConfiguredAgent): Agent | null {
  const driver = agent.driver ?? (Object.hasOwn(BUILT_IN_AGENTS, name) ? BUILT_IN_AGENTS[name]?.driver : undefined);
  return driver === undefined ? null : { ...agent, driver };
}

// What is built in finds its own program; drivers that are not known here may not need one.
function lacksCommand(name: string, { command, driver }: Agent): boolean {
  return command === undefined && builtInAgent(name, driver) === null && ["acp", "command", "pi"].includes(driver);
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

function without<T>(record: Readonly<Record<string, T>>, names: object): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !Object.hasOwn(names, name)));
}

/** As bin/harness-agent starts it: what a burst of work would fill stays in memory. */
const SMALL = "--max-semi-space-size=1";

// The bundle is found as a file: nothing of the agent is ever loaded into this process.
function defaultAgentCommand(): string[] {
  const manifest = createRequire(import.meta.url).resolve("@harness/agent/package.json");
  return [process.execPath, SMALL, join(dirname(manifest), "dist", "harness-agent.cjs")];
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw new HarnessError("config-invalid", `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

// A section whose entries are all commented out is one that is not there.
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}
