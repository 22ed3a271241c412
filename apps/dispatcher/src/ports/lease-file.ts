import { join } from "node:path";
import { readJsonFileSync, SetupSchema, type StateRoot } from "@harness/core";
import { z } from "zod";

const PortSchema = z.int().min(1).max(65_535);

/** run/sessions/<id>/ports.json: the ports of a session by the names of their variables. The dispatcher is its only writer. */
const LeaseSchema = z.looseObject({ v: z.literal(1), ports: z.record(z.string(), PortSchema) });
export type Ports = Readonly<Record<string, number>>;

export function leasePath(root: StateRoot, id: string): string {
  return join(root.runOf(id).directory, "ports.json");
}

/** The ports of a session; none where it has no lease. */
export function readPorts(root: StateRoot, id: string): Ports {
  return readJsonFileSync(leasePath(root, id), LeaseSchema)?.ports ?? {};
}

/** The same from what the session was told: run/ can be lost. */
export function readToldPorts(root: StateRoot, id: string): Ports {
  const told = Object.entries(readJsonFileSync(root.session(id).setup, SetupSchema)?.env ?? {});
  const ports = told.map(([name, value]) => [
    name,
    isPortName(name) ? PortSchema.safeParse(Number(value)).data : undefined,
  ]);
  return Object.fromEntries(ports.slice(0, MOST).filter(([, port]) => port !== undefined)) as Ports;
}

const MOST = 40;

function isPortName(name: string): boolean {
  return name === "PORT" || name.startsWith("PORT_");
}

/** `web-api` is `PORT_WEB_API`. */
export function portVariable(name: string): string {
  return `PORT_${name.toUpperCase().replaceAll("-", "_")}`;
}
