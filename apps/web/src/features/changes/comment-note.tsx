import { Button } from "../../components/ui/button.tsx";
import type { Comment } from "../../lib/api.ts";

interface CommentNoteProps {
  comment: Comment;
  onEdit: () => void;
  onRemove: () => void;
}

/** A comment that was written and not yet sent, below its line. */
export function CommentNote({ comment: { text, line }, onEdit, onRemove }: CommentNoteProps) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 border-y border-call-line bg-call-wash px-3 py-2 font-sans sm:px-4">
      <p className="min-w-0 flex-1 basis-56 text-sm whitespace-pre-wrap wrap-anywhere">{text}</p>
      <span className="flex gap-2">
        <Button onClick={onEdit} aria-label={`Edit the comment on line ${line}`}>
          Edit
        </Button>
        <Button onClick={onRemove} aria-label={`Remove the comment on line ${line}`}>
          Remove
        </Button>
      </span>
    </div>
  );
}
