import { rmSync } from "node:fs";
import { syncDirectory } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";

/** Until the next rotation the session can call nothing; it goes on working on files. */
export async function revokeToken(context: Context, session: string): Promise<void> {
  context.supervisor.requireStorage();
  const { token, directory } = context.root.session(findSession(context, session));
  rmSync(token, { force: true });
  await syncDirectory(directory);
}
