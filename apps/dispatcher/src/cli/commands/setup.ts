import { declareLifeCycle } from "../life-cycle.ts";

export const declareSetup = declareLifeCycle({ verb: "setup", example: "harness setup k3x", needsDispatcher: true });
