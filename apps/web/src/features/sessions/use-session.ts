import { useEffect, useState } from "react";
import { getSession } from "../../lib/api.ts";
import { explain } from "../../lib/problem.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { useSessionList } from "./live-sessions.ts";

const SETTLE_MS = 300;

interface Problem {
  message: string;
  hint: string;
}

const UNNAMED: Problem = { message: "The address names no session.", hint: "Choose one from the list." };

/** One session: in full as last asked for, with what the live list has told since. */
export function useSession(asked: string): { session?: SessionDetail; problem?: Problem } {
  const [detail, setDetail] = useState<SessionDetail>();
  const [problem, setProblem] = useState<Problem>();
  // What was asked for may be a name or a shortened id.
  const summary = useSessionList().sessions.get(detail?.id ?? asked);

  useEffect(() => {
    if (asked === "") return setProblem(UNNAMED);
    let isStale = false;
    const ask = async () => {
      try {
        const answer = await getSession(asked);
        if (isStale) return;
        setDetail(answer);
        setProblem(undefined);
      } catch (error) {
        if (!isStale) setProblem(explain(error));
      }
    };
    const timer = setTimeout(() => void ask(), detail === undefined ? 0 : SETTLE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
    // Only the list says when the rest may have changed.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [asked, summary]);

  if (detail === undefined) return problem === undefined ? {} : { problem };
  return { session: { ...detail, ...summary }, ...(problem === undefined ? {} : { problem }) };
}
