/** What a session may ask of its remote. */
export type GitCapability = "push.refs" | "push" | "fetch.refs" | "fetch";

/** Below which path of its socket a session finds the remote. */
export const REMOTE_PATH = "/remote";

const CALLS = new Map<string, GitCapability>([
  [`GET ${REMOTE_PATH}/info/refs?service=git-receive-pack`, "push.refs"],
  [`POST ${REMOTE_PATH}/git-receive-pack`, "push"],
  [`GET ${REMOTE_PATH}/info/refs?service=git-upload-pack`, "fetch.refs"],
  [`POST ${REMOTE_PATH}/git-upload-pack`, "fetch"],
]);

/** Null for all that is none of the four requests that git makes. Pure. */
export function findCapability(method: string, target: string): GitCapability | null {
  return CALLS.get(`${method} ${target}`) ?? null;
}
