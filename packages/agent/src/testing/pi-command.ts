import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What starts the Pi that this package is tested with. */
export const PI_COMMAND = [
  process.execPath,
  join(dirname(fileURLToPath(import.meta.resolve("@earendil-works/pi-coding-agent"))), "bundle/cli.js"),
];
