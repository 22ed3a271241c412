"use client";

import { useState } from "react";
import { segments, shownAtOnce } from "../../lib/visible-text.ts";

interface PlainTextProps {
  children: string;
  /** Characters shown before a person asks for more. */
  limit?: number;
  /** In a line of a list: what is over the limit is left to the session's own page. */
  isBrief?: boolean;
}

/** Text of a coding agent, and nothing but text: no link, no markup, and characters that hide are shown as marks. */
export function PlainText({ children, limit = 6000, isBrief = false }: PlainTextProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? children : shownAtOnce(children, limit);
  const left = children.length - shown.length;
  return (
    <>
      <bdi className="foreign">
        <Segments>{shown}</Segments>
        {left > 0 && "…"}
      </bdi>
      {left > 0 && !isBrief && (
        <button type="button" className="ml-2 text-sm underline underline-offset-4" onClick={() => setWhole(true)}>
          {left.toLocaleString("en")} more characters
        </button>
      )}
    </>
  );
}

/** The characters alone, for where thousands of lines are shown. */
export function Segments({ children }: { children: string }) {
  return segments(children).map((part, index) =>
    "text" in part ? part.text : <Unseen key={index} mark={part.mark} name={part.name} />,
  );
}

function Unseen({ mark, name }: { mark: string; name: string }) {
  return (
    <span title={name} className="rounded-sm bg-mark px-0.5 font-mono text-[0.8em]">
      {mark}
    </span>
  );
}
