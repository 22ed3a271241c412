import type { Sandbox } from "./sandbox.ts";
import { checkPolicy } from "./policy.ts";

/** No wall at all, for whoever asks for it by name. */
export function createNone(): Sandbox {
  return {
    name: "none",
    tested: true,
    holdsTree: false,
    loopback: "machine",
    limits: [],
    probe: async () => ({
      works: true,
      gaps: ["Nothing is walled off: what runs can read and change whatever this user can."],
    }),
    async wrap(command, policy) {
      const { home, directory } = checkPolicy(policy);
      const environment = { ...policy.environment, ...(home === undefined ? {} : { HOME: home }) };
      return { command, environment, directory, descriptors: [], as: policy.as, close() {} };
    },
  };
}
