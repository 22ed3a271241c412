import type { SessionPaths, StateRoot } from "@harness/core";
import { readdirSync, readFileSync } from "node:fs";

interface RunningProcess {
  pid: number;
  command: string;
  environment: string;
}

/** Every process whose environment names `home`: read from /proc, not from what the code under test remembers. */
function processesOf(home: string): RunningProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, "utf8");
      if (!environment.includes(home)) return [];
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      // A zombie has no command line left and runs nothing.
      return command === "" ? [] : [{ pid: Number(name), command, environment }];
    } catch {
      // The process ended between the listing and the look.
      return [];
    }
  });
}

const isAgent = ({ command }: RunningProcess) => command.includes("harness-agent.cjs");

/** How many agent processes each session has. */
export async function liveAgents(
  root: StateRoot,
  ids: readonly string[],
): Promise<{ session: string; count: number }[]> {
  const agents = processesOf(root.path).filter(isAgent);
  const counted = ids.map((session) => ({
    session,
    count: agents.filter(({ environment }) =>
      environment.includes(`HARNESS_STATE=${root.session(session).directory}\0`),
    ).length,
  }));
  if (counted.every(({ count }) => count <= 1)) return counted;
  // A second process that is about to find the lock taken may be seen for a moment: it counts only if it stays.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const still = new Set(
    processesOf(root.path)
      .filter(isAgent)
      .map(({ pid }) => pid),
  );
  return counted.map(({ session }) => ({
    session,
    count: agents.filter(
      ({ pid, environment }) =>
        still.has(pid) && environment.includes(`HARNESS_STATE=${root.session(session).directory}\0`),
    ).length,
  }));
}

/** SIGKILLs the session's agent process. False when none is recorded or alive. */
export function killAgent(paths: SessionPaths): boolean {
  try {
    const status = JSON.parse(readFileSync(paths.status, "utf8")) as { process: { pid: number } };
    if (!readFileSync(`/proc/${status.process.pid}/cmdline`, "utf8").includes("harness-agent.cjs")) return false;
    process.kill(status.process.pid, "SIGKILL");
    return true;
  } catch {
    // No status yet, or the process is gone: there is nothing to kill.
    return false;
  }
}

export function leftoverProcesses(home: string): string[] {
  return processesOf(home)
    .filter(({ pid }) => pid !== process.pid)
    .map(({ pid, command }) => `${pid} ${command.slice(0, 120)}`);
}
