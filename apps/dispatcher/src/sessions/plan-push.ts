import { HarnessError, type SessionSpec, type Wanted } from "@harness/core";
import type { Context } from "../context.ts";
import { findRemote } from "../credentials/endpoint.ts";
import type { RepositorySettings } from "../repositories/settings.ts";
import type { SpawnInput } from "./schema.ts";

export interface PlannedPush {
  readonly push: NonNullable<Wanted["push"]>;
  /** What the person should know. */
  readonly note: string;
}

/** What a new session may push; null where it was not asked for. Throws `push-not-configured` and `request-invalid`. */
export function planPush(
  { root, config }: Pick<Context, "root" | "config">,
  input: SpawnInput,
  { spec, settings }: { spec: SessionSpec; settings: RepositorySettings | null },
): PlannedPush | null {
  if (input.push !== true) return null;
  const { branch, repository, network } = spec;
  if (branch === undefined || repository === undefined)
    throw new HarnessError("request-invalid", "A session without a repository has nothing to push.", {
      hint: "Leave out --push, or name a repository with --repo.",
    });
  if (network === "none")
    throw new HarnessError("request-invalid", "A session without any network cannot push.", {
      hint: "Leave out --push, or --network none.",
    });
  const named = settings?.push;
  if (named === undefined)
    throw new HarnessError("push-not-configured", `Nothing says what sessions of ${repository} push with.`, {
      hint: `Write repositories.${JSON.stringify(repository)}.push into config.yaml: the name of a credential of \`harness credential set <name> --git <url>\`.`,
    });
  const { credential, force, workflows } = named;
  const remote = Object.hasOwn(config.providers, credential) ? null : findRemote({ root }, credential);
  if (remote === null)
    throw new HarnessError("push-not-configured", `There is no credential ${credential} that opens a remote.`, {
      hint: `\`harness credential set ${credential} --git <url>\` takes it; \`harness credential ls\` lists what is there.`,
    });
  const ref = `refs/heads/${branch}`;
  return {
    push: { credential, ref, ...(force ? { force } : {}), ...(workflows ? { workflows } : {}) },
    note: `It may push ${branch} to ${remote.baseUrl}, with the credential ${credential}.`,
  };
}
