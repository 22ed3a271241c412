export { parseUpstream, type Upstream } from "./upstream.ts";
export { parseRemote, type Remote } from "./git/remote.ts";
export { REMOTE_PATH } from "./git/calls.ts";
export type {
  Budget,
  GitWorkerStart,
  Grant,
  PushAsked,
  PushGrant,
  PushVerdict,
  Spent,
  Wire,
  WorkerLimits,
  WorkerStart,
} from "./protocol.ts";
export { isToken, parseTokenEndpoint } from "./oauth/ask-tokens.ts";
export {
  newLoginKey,
  openLogin,
  readLoginFile,
  sealLogin,
  writeLoginFile,
  type Login,
  type LoginFile,
} from "./oauth/login.ts";
export {
  grantPath,
  hashKey,
  pushAskedPath,
  pushVerdictPath,
  socketName,
  WORKER_PROTOCOL,
  spentPath,
  START_FD,
  WORKER_KEY_PREFIX,
} from "./protocol.ts";
export { jobKey, periodOf, readAllowance, type JobAllowance, type JobPeriod, type JobShare } from "./job-share.ts";
export { listGrants, opens, readGrant } from "./grants.ts";
export { shortSocketPath, SOCKET_PATH_LIMIT } from "./socket-path.ts";
