export type { Probe, Sandbox, SandboxName, SandboxPolicy, WrappedCommand } from "./sandbox.ts";
export { type ControlGroup, openControlGroup } from "./control-group.ts";
export { boundsNamespaces, LIMIT_NAMES, limitCommand, type Limits } from "./limits.ts";
export { type BubblewrapOptions, createBubblewrap } from "./bubblewrap/bubblewrap.ts";
export { type ListedHost, parseListedHost } from "./network/listed-host.ts";
export { createNone } from "./none.ts";
export { createSeatbelt, type SeatbeltOptions } from "./seatbelt/seatbelt.ts";
export { detectSandbox, openSandbox, type SandboxWish } from "./registry.ts";
export { startWrapped, type StartOptions, wrappedStdio } from "./start-wrapped.ts";
