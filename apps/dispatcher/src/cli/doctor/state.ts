import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isHarnessError, type StateRoot } from "@harness/core";
import { readConfig, type Config } from "../../config.ts";
import { findCodingAgents } from "./coding-agents.ts";
import { broken, ok, weak, type Finding } from "./finding.ts";

const GIB = 1024 ** 3;
const REMOTE = new Map([
  [0x6969, "NFS"],
  [0x01021997, "9p"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
]);

export async function findState(root: StateRoot, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  return [findStateRoot(root), findDisk(root), ...(await findConfig(root, environment))];
}

function findStateRoot(root: StateRoot): Finding {
  const name = "state root";
  const stats = statSync(root.path, { throwIfNoEntry: false });
  const held = stats ? root.path : nearestExisting(root.path);
  if (!canWrite(held)) return broken(name, `${held} cannot be written.`, "Mount it writable, or set HARNESS_HOME.");
  if (!stats) return ok(name, `${root.path} does not exist yet; the first start makes it`);
  if (!stats.isDirectory())
    return broken(name, `${root.path} is not a directory.`, "Move it away, or set HARNESS_HOME.");
  const own = process.getuid?.();
  if (own !== undefined && own !== 0 && stats.uid !== own) {
    return broken(name, `${root.path} belongs to somebody else.`, "Set HARNESS_HOME to a directory of your own.");
  }
  const open = [root.path, root.run.path, root.run.token, root.sessions].filter(isOpenToOthers);
  if (open.length === 0) return ok(name, root.path);
  return weak(name, `Other users can look into ${open.join(", ")}.`, `chmod go-rwx ${open.join(" ")}`);
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isOpenToOthers(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  // Sessions that have users of their own go through: nobody can look around.
  const passage = process.getuid?.() === 0 && stats?.isDirectory() === true ? 0o011 : 0;
  return stats !== undefined && (stats.mode & 0o077 & ~passage) !== 0;
}

function findDisk(root: StateRoot): Finding {
  const name = "disk";
  const { bavail, blocks, bsize, files, ffree, type } = statfsSync(nearestExisting(root.path));
  const free = bavail * bsize;
  const share = blocks === 0 ? 1 : bavail / blocks;
  const text = `${(free / GIB).toFixed(1)} GiB free (${Math.round(share * 100)} %)`;
  const mend = "Free some space, or set HARNESS_HOME to another disk.";
  if (free < 64 * 1024 * 1024 || share < 0.02) return broken(name, `Only ${text}.`, mend);
  if (share < 0.1 && free < 5 * GIB) return weak(name, `Only ${text}.`, mend);
  if (files > 0 && ffree / files < 0.02) return weak(name, "Hardly any inode is free.", mend);
  const remote = REMOTE.get(type);
  if (remote)
    return weak(
      name,
      `${text}; ${remote} promises less than a local disk about locks and flushing.`,
      "Use a local disk.",
    );
  return ok(name, text);
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

async function findConfig(root: StateRoot, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  try {
    const config = readConfig(root);
    return [
      ok("config.yaml", existsSync(root.config) ? root.config : "absent: defaults"),
      findAgent(config),
      ...(await findCodingAgents({ root, config, environment })),
    ];
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    return [broken("config.yaml", error.message, error.hint)];
  }
}

function findAgent({ agentCommand }: Config): Finding {
  const program = agentCommand.find((word) => word.endsWith(".cjs")) ?? agentCommand[0] ?? "";
  if (!program.includes("/") || existsSync(program)) return ok("agent process", agentCommand.join(" "));
  return broken(
    "agent process",
    `${program} is missing.`,
    "Run `npx -y pnpm@12 build` in the checkout, or correct agentCommand in config.yaml.",
  );
}
