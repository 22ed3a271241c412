import { useEffect, useId, useRef, type KeyboardEvent } from "react";
import { Button } from "../../components/ui/button.tsx";
import type { Comment } from "../../lib/api.ts";

interface CommentBoxProps {
  /** As far as it is written. */
  comment: Comment;
  /** Somebody writes here now: the focus comes here, and goes back to the line. */
  isChosen: boolean;
  onChoose: () => void;
  onWrite: (text: string) => void;
  onDone: () => void;
  onLeave: () => void;
}

/** Where a comment on a line is written. */
export function CommentBox({ comment, isChosen, onChoose, onWrite, onDone, onLeave }: CommentBoxProps) {
  const { text, line, side } = comment;
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();

  useEffect(() => {
    const node = box.current;
    if (!isChosen || node === null) return;
    const row = node.closest("li")?.querySelector<HTMLElement>("[data-line]");
    node.focus();
    node.closest("[data-writing]")?.scrollIntoView({ block: "nearest" });
    return () => {
      // Not where somebody goes on in another box.
      if (!node.isConnected) row?.focus();
    };
  }, [isChosen]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") onLeave();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && text.trim() !== "") onDone();
  };

  return (
    // The bar at the foot of the page must not lie over it.
    <div data-writing className="scroll-my-52 border-y border-line bg-paper px-3 py-3 font-sans sm:px-4">
      <label htmlFor={id} className="text-sm text-soft">
        Comment on line {line}
        {side === "old" && ", as it was before"}
      </label>
      <textarea
        ref={box}
        id={id}
        rows={2}
        value={text}
        onChange={(event) => onWrite(event.target.value)}
        onKeyDown={press}
        onFocus={onChoose}
        className="mt-1 block field-sizing-content max-h-60 min-h-16 w-full resize-none rounded-md border border-faint bg-sheet px-3 py-2 text-sm"
      />
      <div className="mt-2 flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto hidden text-sm text-soft sm:inline">Ctrl + Enter keeps it, Esc leaves</span>
        <Button onClick={onLeave}>Cancel</Button>
        <Button look="strong" disabled={text.trim() === ""} onClick={onDone}>
          Keep comment
        </Button>
      </div>
    </div>
  );
}
