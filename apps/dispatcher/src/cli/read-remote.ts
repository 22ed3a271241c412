import { HarnessError, parseId } from "@harness/core";
import { parseRemote } from "@harness/credentials";
import type { Config } from "../config.ts";
import type { StoredRemote } from "../credentials/store.ts";

/** What `--git` and `--user` say. Throws `request-invalid`. */
export function readRemote(
  { providers }: Pick<Config, "providers">,
  { name, git = "", user = "" }: { name: string; git?: string; user?: string },
): StoredRemote {
  parseId(name, "name of a credential");
  if (Object.hasOwn(providers, name))
    throw new HarnessError("request-invalid", `${name} is the name of a provider.`, {
      hint: "Choose another name for the credential of a remote.",
    });
  try {
    parseRemote(git);
  } catch (error) {
    throw new HarnessError("request-invalid", (error as Error).message, {
      hint: "Give it as `--git https://host/owner/repository.git`.",
    });
  }
  // A colon would end it in what is sent.
  if (!/^[\u0021-\u0039\u003b-\u007e]{1,256}$/.test(user))
    throw new HarnessError("request-invalid", "This is not the name of a user.");
  return { url: git.replace(/\/+$/, ""), user };
}
