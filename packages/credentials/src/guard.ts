/** Closes the ways to look into a process from outside that Node itself offers. Throws where one was left open at the start. */
export function guardProcess({ execArgv, environment }: { execArgv: readonly string[]; environment: object }): void {
  // Without a handler it opens the inspector, to whoever connects.
  process.on("SIGUSR1", () => {});
  process.on("SIGUSR2", () => {});
  // A terminal's interrupt is meant for whoever started this.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  const odd = Object.keys(environment).filter((name) => name.startsWith("NODE_OPTIONS"));
  const unsafe = [...execArgv, ...odd];
  if (unsafe.length > 0) throw new Error(`A credential worker is not started with ${unsafe.join(", ")}.`);
}
