import { useCallback, useEffect, useRef, useState } from "react";
import { explain, type Problem } from "./problem.ts";

interface State<T> {
  isBusy: boolean;
  /** The last answer and when it was asked for. It stays while the same is asked again. */
  answer?: { value: T; at: string };
  /** Why the last question was refused. What was answered to the same one before it stays. */
  problem?: Problem;
}

/**
 * What the API answers to `ask`, asked when that becomes another question and when somebody wants it again. Late answers, and
 * those to another question, are dropped.
 */
export function useAnswer<T>(ask: () => Promise<T>): State<T> & { again: () => void } {
  const [state, setState] = useState<State<T> & { to: () => Promise<T> }>({ isBusy: true, to: ask });
  const newest = useRef(0);

  const load = useCallback(async () => {
    const own = ++newest.current;
    const settle = (next: Omit<State<T>, "isBusy">) => {
      if (own !== newest.current) return;
      setState(({ to, answer }) => ({
        ...(to === ask && answer !== undefined ? { answer } : {}),
        ...next,
        isBusy: false,
        to: ask,
      }));
    };
    const at = new Date().toISOString();
    try {
      settle({ answer: { value: await ask(), at } });
    } catch (error) {
      settle({ problem: explain(error) });
    }
  }, [ask]);

  useEffect(() => {
    void load();
    // Whoever has gone hears of no answer.
    return () => {
      newest.current += 1;
    };
  }, [load]);

  const again = () => {
    setState((before) => ({ ...before, isBusy: true }));
    void load();
  };
  const { to, ...told } = state;
  return { ...(to === ask ? told : { isBusy: true }), again };
}
