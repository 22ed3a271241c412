import { join } from "node:path";
import { expect, test } from "vitest";
import { boxPaths, sessionPaths } from "./session-directory.ts";

test.each(["/srv/sessions/one", "/srv/sessions/one/", "one", ".", "..", "./a/../one", "/"])(
  "the paths of a session at %s are below it",
  (directory) => {
    const paths = sessionPaths(directory);
    expect(paths).toMatchObject({
      directory,
      spec: join(directory, "session.json"),
      lock: join(directory, ".lock"),
      events: join(directory, "log/events.jsonl"),
      work: join(directory, "home/work"),
      outbox: boxPaths(join(directory, "outbox")),
    });
    expect(boxPaths(directory)).toEqual({
      path: directory,
      tmp: join(directory, ".tmp"),
      claimed: join(directory, ".claimed"),
      done: join(directory, ".done"),
      bad: join(directory, ".bad"),
    });
  },
);
