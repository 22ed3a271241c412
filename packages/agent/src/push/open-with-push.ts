import { writeFileDurable, type SessionPaths } from "@harness/core";
import type { DriverSession } from "../drivers/driver.ts";
import type { Wall } from "../wall/wall.ts";
import { writeGitConfig } from "./git-config.ts";
import { openPushDoor } from "./open-push-door.ts";

/** What a session was granted so that it can push its branch. */
export interface Push {
  /** The session's socket of the credential worker. */
  readonly socket: string;
  readonly workerKey: string;
  readonly remote: string;
}

interface Needed {
  readonly push: Push | null;
  readonly paths: Pick<SessionPaths, "gitConfig">;
  readonly wall: Wall;
}

/** Opens a driver whose coding agent can push, and closes with it the way on which it does. */
export async function openWithPush(
  { push, paths, wall }: Needed,
  open: () => Promise<DriverSession>,
): Promise<DriverSession> {
  if (push === null) return open();
  const { network, pushDoor } = await wall.find();
  if (network === "none") return open();
  const door = await openPushDoor(push.socket, pushDoor);
  try {
    const { remote, workerKey } = push;
    await writeFileDurable(paths.gitConfig, writeGitConfig({ remote, workerKey, host: door.host }));
    const session = await open();
    return {
      get resumeToken() {
        return session.resumeToken;
      },
      get narrates() {
        return session.narrates ?? false;
      },
      prompt: (input, signal) => session.prompt(input, signal),
      async close() {
        try {
          await session.close();
        } finally {
          door.close();
        }
      },
    };
  } catch (error) {
    door.close();
    throw error;
  }
}
