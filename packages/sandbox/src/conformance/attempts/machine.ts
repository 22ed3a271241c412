import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode, escaped, held, type Attempt } from "../attempt.ts";
import { hashOf } from "../canaries.ts";

/** Whose machine it is. */
export const MACHINE: readonly Attempt[] = [
  {
    id: "learn-name-of-machine",
    rows: ["A38"],
    title: "learn the machine's name",
    expected: "a name that says nothing",
    attempt: ({ targets }) =>
      hostname() === targets.machine.hostname ? escaped("it is the machine's") : held(`it is called ${hostname()}`),
  },
  {
    id: "learn-who-uses-machine",
    rows: ["A38"],
    title: "learn who uses the machine",
    expected: "itself alone",
    attempt({ targets }) {
      try {
        const same = hashOf(readFileSync("/etc/passwd")) === targets.machine.accounts;
        return same ? escaped("the machine's accounts are listed") : held("itself alone");
      } catch (error) {
        return held(errorCode(error));
      }
    },
  },
];
