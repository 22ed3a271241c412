import { CommandLine } from "../../components/ui/command-line.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { ScrollBox } from "../../components/ui/scroll-box.tsx";
import { duration } from "../../lib/format.ts";
import type { MergeItem } from "../../lib/shapes.ts";

/** That its gate was green, and what a person has to know of how it ran. */
export function GatePassed({ gate }: Pick<MergeItem, "gate">) {
  if (gate?.passed !== true) return null;
  return (
    <>
      {` · gate passed in ${duration(gate.ms)}`}
      {gate.sandbox === "none" && (
        <>
          , <span className="font-medium text-call">without a sandbox</span>
        </>
      )}
    </>
  );
}

/** The last that a red gate printed, and where all of it is. */
export function GateOutput({ item: { id, outcome, gate } }: { item: MergeItem }) {
  if (outcome !== "gate failed" || gate === null) return null;
  return (
    <div className="mt-3 space-y-3">
      <div className="rounded-lg bg-fail-wash px-4 py-3">
        <p className="text-sm font-medium text-fail">
          {gate.tail === "" ? "It printed nothing." : "It printed last"}
          {gate.sandbox === "none" && " (without a sandbox)"}
        </p>
        {gate.tail !== "" && (
          <ScrollBox name="It printed last" className="mt-1 max-h-72 font-mono text-[0.8125rem] wrap-anywhere">
            <PlainText limit={4000}>{gate.tail}</PlainText>
          </ScrollBox>
        )}
      </div>
      <CommandLine>{`harness merges --log ${id}`}</CommandLine>
    </div>
  );
}
