import { stateRoot, systemClock } from "@harness/core";
import { parseConfig } from "../../config.ts";
import { keepWorker } from "../keep-worker.ts";

// Starts the worker of the provider `cloud` below the state root that the first argument names, and is gone at the step that the second names.
const [path = "", last] = process.argv.slice(2);
const { providers } = parseConfig("providers: { cloud: { wire: anthropic, baseUrl: 'http://127.0.0.1:1', model: m } }");

await keepWorker(
  {
    root: stateRoot(path),
    clock: systemClock,
    environment: process.env,
    log: { info() {}, warn() {}, error() {}, close() {} },
    onStep: (step) => {
      if (step === last) process.kill(process.pid, "SIGKILL");
    },
  },
  { name: "cloud", endpoint: providers["cloud"]!, key: { secret: "sk-0123456789abcdef" } },
);
