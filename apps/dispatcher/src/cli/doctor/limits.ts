import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { boundsNamespaces, openControlGroup } from "@harness/sandbox";
import { ok, weak, type Finding } from "./finding.ts";

const NAME = "limits";
const ALL_TOGETHER =
  "Bound all sessions together: `systemd-run --user --scope -p MemoryMax=16G -p TasksMax=20000 harness up`.";

/** To what the processes of a session can be held on this machine. A user of its own has no control groups left to it. */
export function findLimits(path = "", { platform = process.platform, hasOwnUser = false } = {}): Finding {
  if (platform === "darwin")
    return weak(
      NAME,
      "the size of a file is limited, inside the sandbox; memory and the number of processes are not on macOS.",
      "Let few sessions run at once: `limits: { concurrent: 4 }` in config.yaml.",
    );
  if (!hasOwnUser && hasControlGroups())
    return ok(NAME, "processes and memory of each session are held together by a control group");
  if (!path.split(delimiter).some((directory) => existsSync(join(directory || ".", "prlimit"))))
    return weak(NAME, "Sessions have no limits: there is no prlimit on PATH.", "Install util-linux.");
  const memory = "memory is limited for each process of a session, not for all of them together";
  if (hasOwnUser || process.getuid?.() !== 0 || boundsNamespaces())
    return weak(NAME, `processes are limited; ${memory}: no control group is left to this user.`, ALL_TOGETHER);
  return weak(
    NAME,
    `${memory}, and the number of processes is not: you are root, and this Linux is older than 6.14.`,
    "Run Harness as another user.",
  );
}

function hasControlGroups(): boolean {
  const isRoot = process.getuid?.() === 0;
  const group = openControlGroup({ name: `harness-doctor-${process.pid}`, limits: {}, isRoot });
  group?.close();
  return group !== null;
}
