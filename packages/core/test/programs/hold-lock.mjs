// Takes a lock, says so as one JSON line, and holds it until it is killed: `node hold-lock.mjs <path>`.
import { acquireLock, identifyProcess } from "../../dist/index.js";

const lock = await acquireLock(process.argv[2]);
console.log(JSON.stringify(lock === null ? null : { ...identifyProcess(), lockFd: lock.fd }));
if (lock !== null) setInterval(() => lock.beat(), 1_000);
