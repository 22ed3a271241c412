import { Button } from "../../components/ui/button.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import type { Comment } from "../../lib/api.ts";

/** Comments whose line is not in the diff any more: kept to be read, not sent. */
export function Adrift({ comments, onRemove }: { comments: readonly Comment[]; onRemove: (comment: Comment) => void }) {
  if (comments.length === 0) return null;
  return (
    <div className="mb-3 border-b border-line pb-3 text-sm">
      <p className="font-medium text-call">The file has changed since: these are not sent.</p>
      <ul className="mt-1 space-y-2">
        {comments.map((comment, index) => (
          <li key={index} className="flex items-start justify-between gap-3">
            <p className="min-w-0 wrap-anywhere">
              <span className="font-mono text-[0.8125rem] text-soft">
                <PlainText limit={160}>{`${comment.path}:${comment.line}`}</PlainText>
              </span>{" "}
              {comment.text}
            </p>
            <Button onClick={() => onRemove(comment)}>Remove</Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
