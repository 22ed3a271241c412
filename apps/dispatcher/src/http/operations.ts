import { DISPATCHER_OPERATIONS } from "./operations/dispatcher.ts";
import { SESSION_OPERATIONS } from "./operations/sessions.ts";

/** Everything the API can do, by name. */
export const OPERATIONS = { ...DISPATCHER_OPERATIONS, ...SESSION_OPERATIONS };
