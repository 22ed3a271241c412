import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import { type Setup, type StateRoot, writeJsonFile } from "@harness/core";
import type { Ports } from "../ports/lease-file.ts";
import type { RepositorySettings } from "./settings.ts";

export interface SetupInput {
  id: string;
  /** The person's repository. */
  repository: string;
  settings: RepositorySettings | null;
  ports: Ports;
}

/** Writes what the agent process has to do before the first turn, and what the session's programs find in their environment. */
export async function writeSetup(root: StateRoot, input: SetupInput): Promise<void> {
  await writeJsonFile(root.session(input.id).setup, planSetup(input, randomUUID()));
}

/** Pure. */
export function planSetup({ id, repository, settings, ports }: SetupInput, request: string): Setup {
  const suffix = id.toLowerCase().replaceAll("-", "_");
  const { setup, setupTimeoutMs = 0, teardown, teardownTimeoutMs = 0 } = settings ?? {};
  return {
    v: 1,
    request,
    ...(setup === undefined ? {} : { setup: { command: setup, timeoutMs: setupTimeoutMs } }),
    ...(teardown === undefined ? {} : { teardown: { command: teardown, timeoutMs: teardownTimeoutMs } }),
    env: {
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
      HARNESS_SUFFIX: suffix,
      COMPOSE_PROJECT_NAME: `${projectName(repository)}_${suffix}`,
    },
  };
}

// What Docker Compose allows: lower-case letters, digits, - and _, a letter or digit first.
function projectName(repository: string): string {
  const name = basename(repository)
    .toLowerCase()
    .replace(/\.git$/, "")
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "");
  return name.slice(0, 32) || "repository";
}
