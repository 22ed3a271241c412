import { isSettled, type MergeItem } from "../merges/item.ts";
import { type Api, bodyOf } from "./client.ts";
import { plainLine } from "./escape.ts";

const WAIT_MS = "20000";
const WAIT_FOR_A_GATE_MS = "1000";

/** Waits until a merge has ended or needs an approval, and tells when a gate begins to run. */
export async function waitForMerge(api: Api, first: MergeItem, tell: (line: string) => void): Promise<MergeItem> {
  let item = first;
  let isTold = false;
  while (!isSettled(item)) {
    const waitMs = isTold ? WAIT_MS : WAIT_FOR_A_GATE_MS;
    item = await bodyOf(api.merges[":id"].$get({ param: { id: item.id }, query: { waitMs } }));
    if (item.step === "gate" && !isTold) {
      isTold = true;
      tell(`${plainLine(item.branch)}: the gate runs. It goes on without this command; \`harness merges\` shows it.`);
    }
  }
  return item;
}
