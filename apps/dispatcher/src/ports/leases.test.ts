import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { stateRoot, writeJsonFile } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { findHolders } from "./holders.ts";
import { isPortFree } from "./is-free.ts";
import { readPorts } from "./lease-file.ts";
import { openPortLeases } from "./leases.ts";
import { PortRangeSchema } from "./port-range.ts";

function openPlace() {
  const directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  for (const path of [root.sessions, root.run.sessions]) mkdirSync(path, { recursive: true });
  return { root, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

const listening = (host: string) =>
  new Promise<{ port: number; [Symbol.asyncDispose](): Promise<void> }>((resolve) => {
    const server = createServer().listen(0, host, () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
      }),
    );
  });

const slowlyFree = async () => {
  await new Promise((resolve) => setImmediate(resolve));
  return true;
};
const numbers = (all: Readonly<Record<string, number>>[]) => all.flatMap((ports) => Object.values(ports));

test("fifty sessions that ask at once get a hundred and fifty different ports, after a restart too", async () => {
  await using place = openPlace();
  const { root } = place;
  const range = { from: 21_000, to: 21_199 };
  const variables = ["PORT", "PORT_WEB", "PORT_API"];
  const ids = Array.from({ length: 50 }, (_, index) => `session${index}`);
  const leases = openPortLeases({ root, range, isFree: slowlyFree });
  const given = await Promise.all(ids.map((id) => leases.lease(id, variables)));
  expect(new Set(numbers(given)).size).toBe(150);
  expect(numbers(given).every((port) => port >= range.from && port <= range.to)).toBe(true);

  const again = openPortLeases({ root, range, isFree: slowlyFree });
  expect(await again.lease("session7", variables)).toEqual(given[7]);
  const others = await Promise.all(Array.from({ length: 50 }, (_, index) => again.lease(`later${index}`, ["PORT"])));
  expect(new Set(numbers([...given, ...others])).size).toBe(200);
  await expect(again.lease("onemore", ["PORT"])).rejects.toMatchObject({ code: "ports-exhausted" });
  expect(readPorts(root, "onemore")).toEqual({});

  again.release("later3");
  rmSync(root.runOf("later3").directory, { recursive: true });
  expect(await again.lease("onemore", ["PORT"])).toEqual(others[3]);
});

test("a session that asks for one name more keeps what it has", async () => {
  await using place = openPlace();
  const leases = openPortLeases({ root: place.root, range: { from: 21_000, to: 21_009 }, isFree: slowlyFree });
  const [first, same] = await Promise.all([leases.lease("one", ["PORT"]), leases.lease("one", ["PORT"])]);
  expect(same).toEqual(first);
  expect(await leases.lease("one", ["PORT", "PORT_WEB"])).toMatchObject(first);
});

test("what a session was told counts where run/ was lost, and lies of a session take no port of another", async () => {
  await using place = openPlace();
  const { root } = place;
  const range = { from: 21_000, to: 21_002 };
  const tell = async (id: string, env: Record<string, string>) => {
    mkdirSync(root.session(id).directory);
    await writeJsonFile(root.session(id).setup, { v: 1, request: "r", env });
  };
  await tell("kept", { PORT: "21001", HOME: "21000", PORT_X: "many" });
  await tell("broken", {});
  writeFileSync(root.session("broken").setup, "{");
  const leases = openPortLeases({ root, range, isFree: slowlyFree });
  const given = numbers([await leases.lease("new", ["PORT", "PORT_WEB"])]);
  expect(given).toHaveLength(2);
  expect(given).toEqual(expect.arrayContaining([21_000, 21_002]));
});

test.each(["127.0.0.1", "0.0.0.0", "::"])("a port on which somebody listens at %s is not given away", async (host) => {
  await using place = openPlace();
  await using server = await listening(host);
  const { port } = server;
  expect(await isPortFree(port)).toBe(false);
  const leases = openPortLeases({ root: place.root, range: { from: port, to: port } });
  await expect(leases.lease("one", ["PORT"])).rejects.toMatchObject({ code: "ports-exhausted" });
  const holder = process.platform === "linux" ? "somebody else" : "nobody";
  expect(findHolders("one", [port]).get(port)).toBe(holder);
});

test("a range is written with a dash", () => {
  expect(PortRangeSchema.parse("3000-3999")).toEqual({ from: 3000, to: 3999 });
  for (const text of ["3000", "80-90", "4000-3000", "60000-70000", "a-b"])
    expect(PortRangeSchema.safeParse(text).success).toBe(false);
});
