import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isId, type StateRoot } from "@harness/core";
import { killMarked } from "../../supervisor/sweep.ts";
import { removeCheckout } from "./gate-checkout.ts";

/** Ends the gates that a killed dispatcher left running and removes their checkouts. Logs stay. */
export async function tidyGates(root: StateRoot): Promise<void> {
  for (const id of list(root.run.gates)) {
    killMarked([`HARNESS_GATE=${id}`]);
    await removeCheckout(join(root.run.gates, id));
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isId(entry.name))
      .map(({ name }) => name);
  } catch {
    // There was never a gate.
    return [];
  }
}
