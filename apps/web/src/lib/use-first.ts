import { useState } from "react";

/** The first of many, until somebody asks for the rest. */
export function useFirst<T>(items: readonly T[], atOnce: number) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? items : items.slice(0, atOnce);
  return { shown, left: items.length - shown.length, showAll: () => setWhole(true) };
}
