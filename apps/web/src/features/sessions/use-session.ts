import { useEffect, useState } from "react";
import { getSession } from "../../lib/api.ts";
import { explain, type Problem } from "../../lib/problem.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { useSessionList } from "./live-sessions.ts";

const SETTLE_MS = 300;

const UNNAMED: Problem = { message: "The address names no session.", hint: "Choose one from the list." };

interface Answer {
  /** What was asked for. */
  to: string;
  detail?: SessionDetail;
  problem?: Problem;
}

/** One session: in full as last asked for, with what the live list has told since. */
export function useSession(asked: string): { session?: SessionDetail; problem?: Problem } {
  const [answer, setAnswer] = useState<Answer>({ to: asked });
  // Of another session nothing is shown, and nothing can be done to it from here.
  const { detail, problem } = answer.to === asked ? answer : {};
  // What was asked for may be a name or a shortened id.
  const summary = useSessionList().sessions.get(detail?.id ?? asked);

  useEffect(() => {
    if (asked === "") return setAnswer({ to: asked, problem: UNNAMED });
    let isStale = false;
    const ask = async () => {
      try {
        const found = await getSession(asked);
        if (!isStale) setAnswer({ to: asked, detail: found });
      } catch (error) {
        if (isStale) return;
        setAnswer((before) => ({ ...(before.to === asked ? before : { to: asked }), problem: explain(error) }));
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
