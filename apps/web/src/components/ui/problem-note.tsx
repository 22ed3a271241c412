import { PlainText } from "./plain-text.tsx";

export interface Problem {
  message: string;
  hint: string;
}

/** What could not be shown, why, and what to do. */
export function ProblemNote({ problem: { message, hint } }: { problem: Problem }) {
  return (
    <div role="alert" className="mt-3 max-w-xl rounded-lg border border-call-line bg-call-wash px-4 py-3">
      <p className="font-medium">
        <PlainText limit={600}>{message}</PlainText>
      </p>
      {hint !== "" && (
        <p className="mt-1 text-soft">
          <PlainText limit={600}>{hint}</PlainText>
        </p>
      )}
    </div>
  );
}
