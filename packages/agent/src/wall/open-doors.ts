import { basename } from "node:path";
import { quote } from "../tree/wrap.ts";
import type { Installation } from "./installation.ts";
import type { Door } from "./wall.ts";

export interface Doors {
  readonly bridge: Installation;
  readonly doors: readonly Door[];
  readonly patient: boolean;
  readonly command: readonly string[];
}

/** The command behind its doors: see `bridge/main.ts`. Pure. */
export function openDoors({ bridge, doors, patient, command }: Doors): readonly string[] {
  const opening = [...bridge.command, ...doors.flatMap(({ socket, port }) => [socket, String(port)])];
  // A program that is slow to start and asks nothing before it is spoken to need not wait for the ports; one that is no
  // Node may be faster than the Node that opens them.
  if (!patient || basename(command[0] ?? "") !== "node") return [...opening, "--", ...command];
  // What a tool of the coding agent kills is there again; the streams are the program's alone.
  const loop = `while :; do ${opening.map(quote).join(" ")}; sleep 0.2; done`;
  return ["/bin/sh", "-c", `{ ${loop}; } </dev/null >/dev/null 2>&1 & exec "$@"`, "sh", ...command];
}

/** What makes programs take the way that an outlet is, and not for what is on the inside itself. Pure. */
export function outletVariables({ port }: Door): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`;
  const inside = "localhost,127.0.0.1,::1";
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: inside,
    no_proxy: inside,
    // Node looks at them only when it is told to.
    NODE_USE_ENV_PROXY: "1",
  };
}
