import type { EventBody, SessionSpec } from "@harness/core";
import { startOutlet, type Outlet } from "./start-outlet.ts";
import type { Wall } from "./wall.ts";

/** The way to the hosts of the session's list, for as long as something runs that may take it. */
export interface OutletHolder {
  /** Starts an outlet where there is none, or one that ended. Returns what lets go of it. Throws what finding the wall throws. */
  hold(): Promise<() => void>;
}

export interface OutletHolding {
  readonly spec: Pick<SessionSpec, "network">;
  readonly wall: Wall;
  /** The program. */
  readonly path: string;
  record(event: EventBody): void;
}

export function createOutletHolder({ spec, wall, path, record }: OutletHolding): OutletHolder {
  let current: Outlet | null = null;
  /** The one before, on its way out. */
  let leaving: Promise<void> | null = null;
  let holders = 0;

  async function hold(): Promise<() => void> {
    // What is wrong with a wall that leads to no outlet is told by who starts something behind it.
    if (spec.network !== "list") return () => {};
    const { outlet } = await wall.find();
    if (outlet === null) return () => {};
    if (current?.ended) letGo(current);
    while (leaving !== null) await leaving;
    current ??= start(outlet);
    holders += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      holders -= 1;
      if (holders === 0 && current !== null) letGo(current);
    };
  }

  function letGo(outlet: Outlet): void {
    current = null;
    leaving = outlet.close().finally(() => (leaving = null));
  }

  function start({ door, hosts }: { door: { socket: string }; hosts: readonly string[] }): Outlet {
    return startOutlet({
      path,
      socket: door.socket,
      hosts,
      onRefused: ({ target, reason, more }) =>
        record({ type: "network.refused", target, reason, ...(more === undefined ? {} : { more }) }),
      onLost: (why) =>
        record({ type: "warning.raised", code: "outlet-lost", text: `The way to the listed hosts is gone. ${why}` }),
    });
  }

  return { hold };
}
