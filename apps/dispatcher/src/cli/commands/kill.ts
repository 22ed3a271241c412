import { declareLifeCycle } from "../life-cycle.ts";

export const declareKill = declareLifeCycle({ verb: "kill", example: "harness kill k3x" });
