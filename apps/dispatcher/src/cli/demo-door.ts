import { HarnessError } from "@harness/core";
import type { Door } from "../demo/narrator.ts";
import { bodyOf, connect } from "./client.ts";
import { ensureDispatcher } from "./ensure-dispatcher.ts";
import type { Io } from "./environment.ts";

/** What the demo asks of the dispatcher, over its API like everybody else. */
export function dispatcherDoor(io: Io, mayRestart: boolean): Door {
  const { root } = io;
  return {
    spawn: (input) => bodyOf(connect(root).sessions.$post({ json: input })),
    merge: (id) => bodyOf(connect(root).sessions[":id"].merge.$post({ param: { id }, json: {} })),
    discard: async (id) => {
      await bodyOf(connect(root).sessions[":id"].$delete({ param: { id }, query: { discard: "1" } }));
    },
    recover: async () => {
      if (!mayRestart) throw new HarnessError("dispatcher-unreachable", "The dispatcher has ended.");
      await ensureDispatcher(io);
    },
  };
}
