import { CommandLine } from "../../components/ui/command-line.tsx";
import { Notice } from "../../components/ui/notice.tsx";

export function SignedOut({ refusal }: { refusal: string }) {
  return (
    <Notice title="This browser is not signed in.">
      {refusal !== "" && (
        <p role="alert" className="rounded-md border border-call-line bg-call-wash px-4 py-3">
          {refusal}
        </p>
      )}
      <p className="text-soft">
        Run this in a terminal. It prints a link that opens the page, and works while Harness runs.
      </p>
      <CommandLine>harness up</CommandLine>
    </Notice>
  );
}
