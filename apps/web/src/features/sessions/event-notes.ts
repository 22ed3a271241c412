import { modelCallText } from "@harness/core/telling";
import type { SessionEvent } from "../../lib/shapes.ts";
import { cut } from "../../lib/visible-text.ts";

const WARNINGS: ReadonlySet<string> = new Set([
  "session.degraded",
  "message.rejected",
  "warning.raised",
  "network.refused",
  "output.dropped",
  "model.called",
]);

/** An event that is neither turn, text, tool nor question, in a sentence. */
export function noteOf(event: SessionEvent): { text: string; isWarning: boolean } {
  return { text: sentence(event), isWarning: WARNINGS.has(event.type) };
}

function sentence(event: SessionEvent): string {
  const field = (name: string) => (typeof event[name] === "string" ? event[name] : undefined);
  switch (event.type) {
    case "session.started":
      return typeof event["pid"] === "number" ? `Agent process ${event["pid"]} started.` : "Agent process started.";
    case "session.parked":
      return "Parked. The next message wakes it.";
    case "session.exited":
      return because("Agent process ended", field("reason"));
    case "session.closed":
      return because("Closed", field("reason"));
    case "session.degraded":
      return because("Mended at the start", field("text"));
    case "setup.started":
      return `The ${field("task") ?? "setup"} began.`;
    case "setup.ended":
      return event["ok"] === true
        ? `The ${field("task") ?? "setup"} succeeded.`
        : because(`The ${field("task") ?? "setup"} failed`, field("reason"));
    case "message.rejected":
      return because(`Message ${field("message") ?? ""} was rejected`, field("reason"));
    case "message.amended":
      return "More of a message came in after its turn had begun.";
    case "model.called": {
      const status = typeof event["status"] === "number" ? { status: event["status"] } : {};
      return modelCallText({ outcome: field("outcome") ?? "failed", text: field("text") ?? "", ...status });
    }
    case "context.changed":
      return `Working memory changed: ${Array.isArray(event["fields"]) ? event["fields"].join(", ") : "unknown fields"}.`;
    case "network.refused":
      return because(`No connection to ${field("target") || "what was asked for"}`, field("reason"));
    case "warning.raised":
      return because("Warning", field("text"));
    case "output.dropped":
      return `${typeof event["bytes"] === "number" ? event["bytes"] : "Some"} bytes of output were too much to keep.`;
    default:
      return unknown(event);
  }
}

function because(what: string, reason: string | undefined): string {
  return reason ? `${what}: ${reason}` : `${what}.`;
}

/** An event of a newer agent process: its name and what it carries. */
function unknown({ v: _v, seq: _seq, at: _at, type, ...rest }: SessionEvent): string {
  const facts = JSON.stringify(rest);
  return facts === "{}" ? type : `${type} ${cut(facts, 400)}`;
}
