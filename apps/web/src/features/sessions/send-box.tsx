"use client";

import { useId, useState, type FormEvent, type KeyboardEvent } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { sendPrompt } from "../../lib/api.ts";
import { firstLine } from "../../lib/visible-text.ts";
import { newMessageId } from "../../lib/message-id.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import type { EventLog } from "./event-log.ts";
import { clearPrompt, type Prompt, usePrompt, writePrompt } from "./prompt-drafts.ts";
import { useRequest } from "../../lib/use-request.ts";

/** What becomes of a prompt when no process is there to read it. */
function hintOf({ alive, wanted }: SessionDetail): string {
  if (alive) return "";
  const isHeld = wanted?.wanted === "stopped" || wanted?.failed !== undefined;
  return isHeld ? " It reads this when it is resumed." : " Sending wakes it.";
}

interface SendBoxProps {
  session: SessionDetail;
  log: EventLog;
}

/** Sends prompts, and shows those that wait for the running turn to end. */
export function SendBox({ session, log }: SendBoxProps) {
  const { isBusy, refusal, run } = useRequest();
  const draft = usePrompt(session.id);
  const [sent, setSent] = useState<readonly Prompt[]>([]);
  const id = useId();
  const begun = new Set(log.rows.map((row) => (row.kind === "prompt" ? row.message : "")));
  const waiting = sent.filter((prompt) => !begun.has(prompt.id));

  const send = async (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    if (draft.text.trim() === "" || isBusy) return;
    const prompt = draft.id === "" ? { ...draft, id: newMessageId() } : draft;
    writePrompt(session.id, prompt);
    if (!(await run(() => sendPrompt(session.id, prompt)))) return;
    setSent([...waiting, prompt]);
    clearPrompt(session.id, prompt);
  };

  if (session.state === "closed")
    return <p className="text-sm text-soft">The session is closed and takes no message.</p>;
  return (
    <form onSubmit={(event) => void send(event)}>
      <ul aria-label="Sent, not begun" className="mb-2 space-y-1 text-sm text-soft empty:hidden">
        {waiting.map((prompt) => (
          <li key={prompt.id} className="truncate">
            Waits for its turn: {firstLine(prompt.text)}
          </li>
        ))}
      </ul>
      <label htmlFor={id} className="sr-only">
        Prompt
      </label>
      <div className="rounded-xl border border-faint bg-sheet focus-within:border-soft">
        <textarea
          id={id}
          rows={2}
          value={draft.text}
          placeholder={`What should it do next?${hintOf(session)}`}
          onChange={(event) => writePrompt(session.id, { id: "", text: event.target.value })}
          onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && void send(event)}
          className="block field-sizing-content max-h-60 min-h-16 w-full resize-none rounded-xl px-4 py-3 -outline-offset-2 placeholder:text-soft"
        />
        <div className="flex items-center justify-between gap-3 px-3 pb-3">
          <span className="pl-1 text-sm text-soft pointer-coarse:invisible">Ctrl + Enter sends</span>
          <Button type="submit" look="strong" disabled={isBusy || draft.text.trim() === ""}>
            Send
          </Button>
        </div>
      </div>
      <Refusal>{refusal}</Refusal>
    </form>
  );
}
