import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "../../components/ui/button.tsx";
import type { Spot } from "./drafts.ts";

interface CommentBoxProps {
  spot: Spot;
  text: string;
  onDone: (text: string) => void;
  onLeave: () => void;
}

/** Where a comment on a line is written. The focus comes here, and goes back to the line. */
export function CommentBox({ spot, text: before, onDone, onLeave }: CommentBoxProps) {
  const [text, setText] = useState(before);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();

  useEffect(() => {
    const line = box.current?.closest("li")?.querySelector<HTMLElement>("[data-line]");
    box.current?.focus();
    box.current?.closest("[data-writing]")?.scrollIntoView({ block: "nearest" });
    return () => line?.focus();
  }, []);
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") onLeave();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && text.trim() !== "") onDone(text);
  };

  return (
    // The bar at the foot of the page must not lie over it.
    <div data-writing className="scroll-my-36 border-y border-line bg-paper px-3 py-3 font-sans sm:px-4">
      <label htmlFor={id} className="text-sm text-soft">
        Comment on line {spot.line}
        {spot.side === "old" && ", as it was before"}
      </label>
      <textarea
        ref={box}
        id={id}
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
        className="mt-1 block field-sizing-content max-h-60 min-h-16 w-full resize-none rounded-md border border-faint bg-sheet px-3 py-2 text-sm"
      />
      <div className="mt-2 flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto hidden text-sm text-soft sm:inline">Ctrl + Enter keeps it, Esc leaves</span>
        <Button onClick={onLeave}>Cancel</Button>
        <Button look="strong" disabled={text.trim() === ""} onClick={() => onDone(text)}>
          Keep comment
        </Button>
      </div>
    </div>
  );
}
