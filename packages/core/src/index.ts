export * from "./ids.ts";
export * from "./clock.ts";
export * from "./errors.ts";
export * from "./error-codes.ts";
export * from "./schema/context.ts";
export * from "./schema/event.ts";
export * from "./schema/event-body.ts";
export * from "./schema/inbound.ts";
export * from "./schema/message.ts";
export * from "./schema/outbound.ts";
export * from "./schema/session.ts";
export * from "./schema/setup.ts";
export * from "./schema/status.ts";
export * from "./schema/turn.ts";
export * from "./schema/wanted.ts";
export { FORMAT_VERSION, parseVersioned } from "./schema/versioned.ts";
export * from "./layout/session-directory.ts";
export * from "./layout/state-root.ts";
export { createFileDurable, writeFileDurable } from "./fs/durable.ts";
export { syncDirectory } from "./fs/flush.ts";
export { giveDirectoryToOwner, giveToOwner } from "./fs/owner.ts";
export { makeDirectory } from "./fs/make-directory.ts";
export { pruneTemporaries } from "./fs/prune-temporaries.ts";
export { openDirectorySafe, readFileSafe, type SafeDirectory, type UnsafeReason } from "./fs/safe-open.ts";
export {
  jsonFileBytes,
  type JsonFile,
  readJsonFile,
  readJsonFileSync,
  setAsideDamaged,
  STATE_FILE_LIMIT,
  writeJsonFile,
} from "./fs/json-file.ts";
export { type JsonLinesOptions, type JsonLinesWriter, openJsonLines } from "./fs/json-lines.ts";
export { readJsonLines, readLines } from "./fs/read-json-lines.ts";
export { rotatedPath } from "./fs/rotated-files.ts";
export { followJsonLines, type FollowOptions } from "./fs/follow-json-lines.ts";
export { type Watch, watchDirectory } from "./fs/watch-directory.ts";
export { bootId, identifyProcess, isSameProcess, signalProcess } from "./process/identity.ts";
export { ownerOf, type Owner, userOf } from "./process/user.ts";
export { acquireLock, type Lock, lockHeartbeatAt, lookLock } from "./process/lock.ts";
export { messageIdOf, messageName, messagePath, parseClaimedName } from "./layout/message-file.ts";
export { publishMessage } from "./mailbox/publish.ts";
export { encodeEnvelope } from "./mailbox/encode.ts";
export { findKnown } from "./mailbox/known-message.ts";
export { type ParsedMessage, parseInbound, parseOutbound, promptOf } from "./mailbox/parse-message.ts";
export { type OutgoingMessage, sendMessage, wakeAgent } from "./mailbox/send.ts";
export { type Inbox, type InboxOptions, openInbox } from "./mailbox/inbox.ts";
export type { InboxLimits } from "./mailbox/inbox-state.ts";
export type { ReadyMessage } from "./mailbox/scan.ts";
export type { ClaimedMessage, ClaimOptions } from "./mailbox/claim.ts";
export type { Settled } from "./mailbox/settle.ts";
export { openOutbox, type Outbox, publishReport } from "./mailbox/outbox.ts";
export { type Collected, collectOutbox } from "./mailbox/collect.ts";
export { waitForReply, type WaitOptions } from "./mailbox/wait-for-reply.ts";
export { watchBox, type WatchBoxOptions } from "./mailbox/watch-box.ts";
export { createSession, type NewSession } from "./sessions/create-session.ts";
export { readSession, readSpec, type SessionView, UNDECIDED_DRIVER } from "./sessions/read-session.ts";
export { badge, type Badge, type BadgeFacts } from "./sessions/badge.ts";
export { listSessionIds } from "./sessions/list-sessions.ts";
export { resolveSession } from "./sessions/resolve-session.ts";
