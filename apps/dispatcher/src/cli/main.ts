// The command line. Loads nothing but what the command needs.
const [, , ...all] = process.argv;
const separator = all.indexOf("--");
const words = separator === -1 ? all : all.slice(0, separator);
const rest = separator === -1 ? [] : all.slice(separator + 1);

// `harness logs | head` closes the pipe when it has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

if (/^ps( -a| --all)?$/.test(all.join(" "))) {
  await import(new URL("ps.js", import.meta.url).href);
} else {
  const [{ readEnvironment }, { execute }] = await Promise.all([import("./environment.ts"), import("./execute.ts")]);
  process.exitCode = await execute(words, readEnvironment(rest));
}
