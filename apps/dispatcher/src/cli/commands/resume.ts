import { declareLifeCycle } from "../life-cycle.ts";

export const declareResume = declareLifeCycle({ verb: "resume", example: "harness resume k3x", needsDispatcher: true });
