import type { BubblewrapOptions } from "./bubblewrap.ts";
import { runWrapped } from "../run-wrapped.ts";
import type { Probe, SandboxPolicy, WrappedCommand } from "../sandbox.ts";
import { seccompFilter } from "../seccomp/filter.ts";
import { readFound, tellFound } from "./found.ts";
import { type Features, findBubblewrap, isUnsafeSetuid, readFeatures } from "./features.ts";

const INSTALL = "Install bubblewrap (`apt install bubblewrap`, `dnf install bubblewrap`).";
const ALLOW =
  "Allow unprivileged user namespaces for it: on Ubuntu an AppArmor profile for bwrap, in a container the option that its runtime has for it.";
const STARTED = "inside as process";

export interface Found {
  readonly probe: Probe;
  readonly features: Features | null;
}

type Wrap = (features: Features, command: readonly string[], policy: SandboxPolicy) => WrappedCommand;

const fails = (why: string, hint: string): Found => ({ probe: { works: false, why, hint }, features: null });

const works = (features: Features): Found => ({
  probe: { works: true, gaps: findGaps(features), found: tellFound(features) },
  features,
});

/** Finds bubblewrap and starts it as every command will be: kernels and containers refuse it in too many ways to predict. */
export async function probeBubblewrap(options: BubblewrapOptions, wrap: Wrap): Promise<Found> {
  const known = readFound(options.found);
  if (known !== null) return works(known);
  if (process.platform !== "linux") return fails("bubblewrap is for Linux alone.", "Run Harness on Linux, or in WSL.");
  const program = findBubblewrap(options.path ?? "");
  if (program === null) return fails("bubblewrap is not installed.", INSTALL);
  try {
    if (await isUnsafeSetuid(program)) {
      return fails(
        `${program} runs as root and is older than 0.11.2 (CVE-2026-41163).`,
        "Update it, or take its setuid bit away.",
      );
    }
    const features = await readFeatures(program);
    const complaint = await tryOnce(wrap, features, options.as);
    if (complaint !== null) return fails(describeComplaint(complaint), ALLOW);
    return works(features);
  } catch (error) {
    return fails(`${program} could not be tried: ${error instanceof Error ? error.message : String(error)}`, INSTALL);
  }
}

/** Null when it works; otherwise what was said. */
async function tryOnce(wrap: Wrap, features: Features, as: BubblewrapOptions["as"]): Promise<string | null> {
  // Only below a first process of its own can a shell have so small a number.
  const proof = `[ "$PPID" -le 2 ] && [ -d /proc/self ] && echo "${STARTED} $$"`;
  const policy = {
    directory: "/tmp",
    environment: { PATH: "/usr/bin:/bin" },
    network: "none",
    limits: {},
    as,
  } as const;
  const { code, said } = await runWrapped(wrap(features, ["sh", "-c", proof], policy));
  return code === 0 && said.startsWith(STARTED) ? null : said;
}

/** Bubblewrap's own words, with what they mean. */
export function describeComplaint(said: string): string {
  const last = said.split("\n").at(-1) ?? "";
  if (/namespace|uid map|unshare|clone/i.test(said)) return `this machine does not allow user namespaces (${last}).`;
  if (/mount proc|mounting proc/i.test(said)) return `a container around it hides a part of /proc (${last}).`;
  if (/prlimit/.test(said)) return `prlimit of util-linux is missing (${last}).`;
  return `it does not start (${last}).`;
}

function findGaps(features: Features): string[] {
  return [
    ...(seccompFilter(process.arch) ? [] : [`No system call is refused: none is known for ${process.arch}.`]),
    ...(features.disableUserns ? [] : ["Further user namespaces can be made inside: bubblewrap is older than 0.8."]),
    ...(features.bindFd
      ? []
      : ["Paths are looked up again a moment before they are mounted: bubblewrap has no --bind-fd."]),
    ...(features.size ? [] : ["The private /tmp has no limit of its own: bubblewrap is older than 0.8."]),
    ...(process.getuid?.() === 0
      ? ["By itself it limits no number of processes: the kernel does not hold root to one."]
      : []),
  ];
}
