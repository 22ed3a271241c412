import type { StateRoot } from "@harness/core";
import { findHolders, type Holder } from "./holders.ts";
import { readPorts } from "./lease-file.ts";

/** The ports of a session as a person is shown them. */
export function describePorts(root: StateRoot, id: string): Record<string, { port: number; holder: Holder }> {
  const ports = Object.entries(readPorts(root, id));
  if (ports.length === 0) return {};
  const holders = findHolders(
    id,
    ports.map(([, port]) => port),
  );
  return Object.fromEntries(ports.map(([name, port]) => [name, { port, holder: holders.get(port) ?? "nobody" }]));
}
