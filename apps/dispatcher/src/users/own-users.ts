import { ownerOf, type Owner, type StateRoot } from "@harness/core";
import { createSerial } from "../serial.ts";
import { openHub } from "./open-hub.ts";
import { openNumbers } from "./numbers.ts";
import { openWorkerPlace } from "./open-worker-place.ts";
import type { Verdict } from "./verdict.ts";

/** As whom sessions and credential workers run. */
export interface Users {
  readonly verdict: Verdict;
  /** For a new session, whose group is that of the hub it borrows from; null where it runs as this process does. */
  forSession(hub: string | null): Promise<Owner | null>;
  /** For the credential worker whose place that is: the same each time, and the place is ready for it. */
  forWorker(place: string): Promise<Owner | null>;
  /** The user of a session of ours, who has nothing else to do on this machine; null for any other session. */
  ownOf(directory: string): Owner | null;
}

const ROOT = 0;

export function createUsers(root: StateRoot, verdict: Verdict): Users {
  if (!verdict.own) {
    const nobody = () => Promise.resolve(null);
    return { verdict, forSession: nobody, forWorker: nobody, ownOf: () => null };
  }
  const numbers = openNumbers(root, verdict.range);
  const serial = createSerial();

  /**
   * What the group of that place says, or a number that is new: a group of people may have come there from the directory
   * above. One that nobody has stays although the note of it was lost, since sessions are in it.
   */
  async function numberOf(place: string): Promise<number> {
    const known = ownerOf(place);
    const isKept = known?.uid === ROOT && (await numbers.isNobodys(known.gid));
    return isKept ? known.gid : numbers.next();
  }

  return {
    verdict,
    async forSession(hub) {
      const gid = hub === null ? null : await serial(hub, () => openHub(hub, () => numberOf(hub)));
      const uid = await numbers.next();
      return { uid, gid: gid ?? uid };
    },
    forWorker: (place) =>
      serial(place, async () => {
        const id = await openWorkerPlace(place, () => numberOf(place));
        return { uid: id, gid: id };
      }),
    ownOf(directory) {
      const owner = ownerOf(directory);
      return owner !== null && numbers.wasGiven(owner.uid) ? owner : null;
    },
  };
}
