import { writeFileDurable } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import { newSessionToken } from "./new-token.ts";

/** The old token is refused from the next request on; no other session notices. */
export async function rotateToken(context: Context, session: string): Promise<{ token: string }> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  const token = newSessionToken(id);
  await writeFileDurable(context.root.session(id).token, `${token}\n`, { mode: 0o600 });
  return { token };
}
