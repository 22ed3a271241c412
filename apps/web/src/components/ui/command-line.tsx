"use client";

import { useState } from "react";

/** A command to type, with a button that copies it. */
export function CommandLine({ children }: { children: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    // Refused without focus or permission: the command can still be selected.
    navigator.clipboard.writeText(children).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div className="flex items-stretch overflow-hidden rounded-md border border-faint bg-sheet">
      <code className="min-w-0 flex-1 px-4 py-3 font-mono text-sm wrap-anywhere">
        <span className="text-soft select-none" aria-hidden="true">
          ${" "}
        </span>
        {children}
      </code>
      <button
        type="button"
        onClick={copy}
        className="min-w-20 border-l border-line px-3 text-sm text-soft -outline-offset-2 hover:text-ink"
      >
        <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
      </button>
    </div>
  );
}
