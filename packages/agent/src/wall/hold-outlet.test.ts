import { connect } from "node:net";
import { join } from "node:path";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, it } from "vitest";
import { createOutletHolder } from "./hold-outlet.ts";
import type { FoundWall } from "./wall.ts";

const PROGRAM = join(import.meta.dirname, "../../test/programs/slow-outlet.mjs");

/** The number of the process that answers there. */
async function ask(socket: string): Promise<number | null> {
  let said = "";
  try {
    for await (const chunk of connect(socket)) said += String(chunk);
  } catch {
    return null;
  }
  return Number(said) || null;
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it.each([
  ["takes its time to end", "slow:1"],
  ["does not end by itself", "never:1"],
])("an outlet that is let go and held again is there, also where the one before %s", async (_, host) => {
  await using place = temporaryDirectory();
  const socket = join(place.path, "outlet");
  const outlet = { door: { socket, port: 1 }, hosts: [host] };
  const told: unknown[] = [];
  const { hold } = createOutletHolder({
    spec: { network: "list" },
    wall: { find: async () => ({ outlet }) as unknown as FoundWall },
    path: PROGRAM,
    record: (event) => told.push(event),
  });
  const release = await hold();
  const first = await until(() => ask(socket));
  release();
  const held = await Promise.all([hold(), hold()]);
  await until(() => !lives(first));
  const second = await until(() => ask(socket));
  expect(second).not.toBe(first);
  held[0]?.();
  expect(await ask(socket)).toBe(second);
  held[1]?.();
  await until(() => !lives(second));
  expect(told).toEqual([]);
});
