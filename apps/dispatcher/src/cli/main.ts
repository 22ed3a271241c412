import { readEnvironment } from "./environment.ts";
import { execute } from "./execute.ts";

const [, , ...all] = process.argv;
const separator = all.indexOf("--");
const words = separator === -1 ? all : all.slice(0, separator);
const rest = separator === -1 ? [] : all.slice(separator + 1);

// `harness logs | head` closes the pipe when it has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await execute(words, readEnvironment(rest));
