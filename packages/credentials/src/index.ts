export { parseUpstream, type Upstream } from "./upstream.ts";
export { parseRemote, type Remote } from "./git/remote.ts";
export { REMOTE_PATH } from "./git/calls.ts";
export type { Budget, GitWorkerStart, Grant, PushGrant, Spent, Wire, WorkerLimits, WorkerStart } from "./protocol.ts";
export { grantPath, hashKey, socketName, spentPath, START_FD, WORKER_KEY_PREFIX } from "./protocol.ts";
export { shortSocketPath, SOCKET_PATH_LIMIT } from "./socket-path.ts";
