import { useCallback, useState } from "react";
import { type Against, getDiff } from "../../lib/api.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { useAnswer } from "../../lib/use-answer.ts";

/** Changes whenever the session may have changed a file. */
const stateOf = ({ turns, turn, updatedAt }: SessionDetail) =>
  turn?.state === "running" ? `at work ${updatedAt}` : `after ${turns}`;

/** The session's diff. It stays as it is under the reader's eyes; `isOld` says that there may be a newer one. */
export function useDiff(session: SessionDetail, against: Against) {
  const { id } = session;
  const state = stateOf(session);
  const [seen, setSeen] = useState(state);
  const ask = useCallback(() => getDiff(id, against), [id, against]);
  const { answer, problem, isBusy, again } = useAnswer(ask);
  return {
    diff: answer?.value,
    at: answer?.at,
    problem,
    isBusy,
    isOld: answer !== undefined && seen !== state,
    again: () => {
      setSeen(state);
      again();
    },
  };
}
