import type { Problem } from "../../lib/problem.ts";
import { Button } from "./button.tsx";
import { PlainText } from "./plain-text.tsx";

interface ProblemNoteProps {
  problem: Problem;
  /** Where it can be tried again, and nothing else on the page does that. */
  onRetry?: () => void;
}

/** What could not be shown, why, and what to do. */
export function ProblemNote({ problem: { message, hint }, onRetry }: ProblemNoteProps) {
  return (
    <div role="alert" className="mt-3 max-w-xl [&+h1]:mt-6 rounded-lg border border-call-line bg-call-wash px-4 py-3">
      <p className="font-medium">
        <PlainText limit={600}>{message}</PlainText>
      </p>
      {hint !== "" && (
        <p className="mt-1 text-soft">
          <PlainText limit={600}>{hint}</PlainText>
        </p>
      )}
      {onRetry !== undefined && (
        <Button className="mt-3" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
