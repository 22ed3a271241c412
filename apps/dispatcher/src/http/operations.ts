import { CREDENTIAL_OPERATIONS } from "./operations/credentials.ts";
import { DISPATCHER_OPERATIONS } from "./operations/dispatcher.ts";
import { GIT_OPERATIONS } from "./operations/git.ts";
import { MERGE_OPERATIONS } from "./operations/merges.ts";
import { SALVAGE_OPERATIONS } from "./operations/salvage.ts";
import { SESSION_OPERATIONS } from "./operations/sessions.ts";

/** Everything the API can do, by name. */
export const OPERATIONS = {
  ...DISPATCHER_OPERATIONS,
  ...CREDENTIAL_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...GIT_OPERATIONS,
  ...MERGE_OPERATIONS,
  ...SALVAGE_OPERATIONS,
};
