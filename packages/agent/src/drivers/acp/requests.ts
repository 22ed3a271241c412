import { isRecord, type Frame } from "./frames.ts";

/** What an agent asks to be allowed. Its parts are hostile. */
export interface PermissionRequest {
  readonly toolCall: Frame;
  readonly options: readonly PermissionOption[];
}

export interface PermissionOption {
  readonly optionId: string;
  readonly name: string;
  readonly kind: string;
}

/** A form that an agent wants filled in. */
export interface ElicitationRequest {
  readonly message: string;
  readonly mode: unknown;
  readonly requestedSchema: unknown;
}

/** Null for parameters that are no such request. Pure. */
export function readPermission(params: unknown): PermissionRequest | null {
  if (!isRecord(params) || !isRecord(params["toolCall"]) || !Array.isArray(params["options"])) return null;
  return { toolCall: params["toolCall"], options: params["options"].filter(isOption) };
}

/** Null for parameters that are no such request. Pure. */
export function readElicitation(params: unknown): ElicitationRequest | null {
  if (!isRecord(params) || typeof params["message"] !== "string") return null;
  return { message: params["message"], mode: params["mode"], requestedSchema: params["requestedSchema"] };
}

function isOption(option: unknown): option is PermissionOption {
  return isRecord(option) && ["optionId", "name", "kind"].every((name) => typeof option[name] === "string");
}
