import { closeSync, constants, fsync, openSync } from "node:fs";
import { systemCode } from "../errors.ts";

/** Waits until the bytes behind a descriptor are on the disk. Off the main thread: it can take long. */
export function flushDescriptor(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => fsync(descriptor, (error) => (error ? reject(error) : resolve())));
}

/** Waits until the names in a directory are on the disk. */
export async function syncDirectory(path: string): Promise<void> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await flushDescriptor(descriptor);
  } catch (error) {
    // A file system that cannot flush a directory says so with EINVAL; it gives no way to do better.
    if (systemCode(error) !== "EINVAL") throw error;
  } finally {
    closeSync(descriptor);
  }
}
