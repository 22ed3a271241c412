import { useState } from "react";
import { explain } from "./problem.ts";

interface Request {
  isBusy: boolean;
  /** Why the last attempt was refused, or "". */
  refusal: string;
  /** Resolves to whether it was done. */
  run(act: () => Promise<unknown>): Promise<boolean>;
}

/** One request at a time from one place of the page, and what came of it. */
export function useRequest(): Request {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");

  const run = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal("");
    try {
      await act();
      return true;
    } catch (error) {
      const { message, hint } = explain(error);
      setRefusal(hint === "" ? message : `${message} ${hint}`);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, refusal, run };
}
