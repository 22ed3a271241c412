import { declareLifeCycle } from "../life-cycle.ts";

export const declareStop = declareLifeCycle({
  verb: "stop",
  example: "harness stop k3x     # until `harness resume k3x`",
});
