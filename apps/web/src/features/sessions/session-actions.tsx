"use client";

import { useRef } from "react";
import { Button } from "../../components/ui/button.tsx";
import { ConfirmDialog } from "../../components/ui/confirm-dialog.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { changeSession } from "../../lib/api.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";

export function SessionActions({ session }: { session: SessionDetail }) {
  const { isBusy, refusal, run } = useRequest();
  const dialog = useRef<HTMLDialogElement>(null);
  const change = (name: "stop" | "resume" | "close") => void run(() => changeSession(session.id, name));

  if (session.state === "closed") return null;
  return (
    <div className="flex flex-col items-end gap-2">
      <div className="flex gap-2">
        {session.alive ? (
          <Button disabled={isBusy} onClick={() => change("stop")}>
            Stop
          </Button>
        ) : (
          <Button disabled={isBusy} onClick={() => change("resume")}>
            Resume
          </Button>
        )}
        <Button look="danger" disabled={isBusy} onClick={() => dialog.current?.showModal()}>
          Close…
        </Button>
      </div>
      <Refusal>{refusal}</Refusal>
      <ConfirmDialog
        ref={dialog}
        title="Close this session for good?"
        act="Close the session"
        onConfirm={() => change("close")}
      >
        A running turn is ended, and the session takes no message any more. Its directory, branch and log stay.
      </ConfirmDialog>
    </div>
  );
}
