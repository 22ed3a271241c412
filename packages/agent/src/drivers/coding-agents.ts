/** The drivers of real coding agents: in a bundle of their own, because most sessions rest most of the time. */
export { acpDriver } from "./acp/driver.ts";
export { piDriver } from "./pi/driver.ts";
