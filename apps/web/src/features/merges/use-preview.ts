import { useCallback } from "react";
import { type MergeWish, previewMerge } from "../../lib/api.ts";
import { useAnswer } from "../../lib/use-answer.ts";

/** What a merge would come to when somebody looked. It stays so under their eyes until they look again. */
export function usePreview(session: string, { how, into }: MergeWish) {
  const ask = useCallback(
    () => previewMerge(session, into === undefined ? { how } : { how, into }),
    [session, how, into],
  );
  return useAnswer(ask);
}
