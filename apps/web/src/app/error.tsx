"use client";

import { Button } from "../components/ui/button.tsx";
import { Notice } from "../components/ui/notice.tsx";

export default function Failure({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <Notice title="The page failed.">
      <p>{error.message}</p>
      <p className="text-soft">The sessions are not touched by this: `harness ps` shows them.</p>
      <Button onClick={reset}>Try again</Button>
    </Notice>
  );
}
