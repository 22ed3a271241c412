"use client";

import { useEffect, useState, type ReactNode } from "react";
import { access, signIn, type Access } from "../../lib/api.ts";
import { explain } from "../../lib/problem.ts";
import { useStore } from "../../lib/store.ts";
import { takeCode } from "./code.ts";
import { SignedOut } from "./signed-out.tsx";

/** Trades the code of the address for a cookie, then shows what it guards until the dispatcher says that nobody is signed in. */
export function Gate({ children }: { children: ReactNode }) {
  const state = useStore<Access>(access, "unknown");
  const [isReady, setReady] = useState(false);
  const [refusal, setRefusal] = useState("");

  useEffect(() => {
    const enter = async () => {
      const code = takeCode();
      if (code === undefined) return setReady(true);
      try {
        await signIn(code);
        setRefusal("");
      } catch (error) {
        // A browser that is signed in already needs no code: it goes on, and the API tells when it is not.
        setRefusal(explain(error).message);
      }
      setReady(true);
    };
    const followAddress = () => void enter();
    followAddress();
    window.addEventListener("hashchange", followAddress);
    return () => window.removeEventListener("hashchange", followAddress);
  }, []);

  // Each page names the tab itself: a title of Next's own would be set again, later than theirs.
  if (!isReady) return <title>Harness</title>;
  return state === "signed out" ? <SignedOut refusal={refusal} /> : children;
}
