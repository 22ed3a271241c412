export type { Probe, Sandbox, SandboxName, SandboxPolicy, WrappedCommand } from "./sandbox.ts";
export type { Limits } from "./limits.ts";
export { type BubblewrapOptions, createBubblewrap } from "./bubblewrap/bubblewrap.ts";
export { createNone } from "./none.ts";
export { detectSandbox, openSandbox, type SandboxWish } from "./registry.ts";
export { startWrapped, type StartOptions, wrappedStdio } from "./start-wrapped.ts";
