export { temporaryDirectory, type TemporaryDirectory } from "./temporary-directory.ts";
export { fakeClock, type FakeClock } from "./fake-clock.ts";
export { isMissing, namespaceFlags, requireTool } from "./require-tool.ts";
export { until } from "./until.ts";
export { btrfsDisk } from "./btrfs-disk.ts";
export { smallDisk, type SmallDisk } from "./small-disk.ts";
export { runTraced, type TracedOptions, type TracedRun } from "./traced.ts";
export { crashPoints, type CrashPoint, type CrashPointOptions, FILE_CALLS, type Situation } from "./crash-points.ts";
export { startGitRemote, type GitRemote, type GitRemoteOptions, type GitRemoteRequest } from "./git-remote.ts";
