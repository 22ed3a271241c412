import { useCallback, useEffect, useRef } from "react";
import { type DiffWish, getDiff } from "../../lib/api.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { useAnswer } from "../../lib/use-answer.ts";

/** Changes whenever the session may have changed a file. */
const stateOf = ({ turns, turn, updatedAt }: SessionDetail) =>
  turn?.state === "running" ? `at work ${updatedAt}` : `after ${turns}`;

/** The session's diff. It stays as it is under the reader's eyes; `isOld` says that there may be a newer one. */
export function useDiff(session: SessionDetail, wish: DiffWish) {
  const { id } = session;
  const state = stateOf(session);
  const newest = useRef(state);
  useEffect(() => {
    newest.current = state;
  }, [state]);
  const ask = useCallback(async () => {
    const of = newest.current;
    return { of, diff: await getDiff(id, wish) };
  }, [id, wish]);
  const { answer, problem, isBusy, again } = useAnswer(ask);
  return {
    diff: answer?.value.diff,
    at: answer?.at,
    problem,
    isBusy,
    // A commit stays what it is.
    isOld: answer !== undefined && wish.tip === undefined && answer.value.of !== state,
    again,
  };
}
