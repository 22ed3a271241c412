import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stateRoot, systemClock, timestamp, type StateRoot } from "@harness/core";
import { openStage, type Stage } from "@harness/sandbox/conformance";
import { readConfig } from "../../config.ts";
import { endWorkers } from "../../credentials/end-workers.ts";
import { storeCredential } from "../../credentials/store.ts";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { formatUsers } from "../../users/id-range.ts";
import { runGit } from "../../worktrees/git.ts";
import { identityVariables } from "../../worktrees/identity.ts";
import { endAgentProcesses } from "../end-agent-processes.ts";
import { endDispatcher } from "../end-dispatcher.ts";
import { ensureDispatcher } from "../ensure-dispatcher.ts";
import type { Io } from "../environment.ts";

/** The variable in which a session of ours finds its worker key. */
export const KEY_VARIABLE = "ESCAPE_PACK_KEY";
export const PROVIDER = "proving";
/** The credential with which sessions push to the remote of the stage. */
const REMOTE = "proving-remote";
/** Of each session; few processes and little memory, because as much as that is started and used. */
export const LIMITS = { processes: 300, memory: 2 ** 30, fileSize: 8 * 2 ** 30 };

/** A state root made for the attempts, with a dispatcher, a provider and a repository, and a stage outside of it. */
export interface ProvingGround {
  readonly root: StateRoot;
  readonly stage: Stage;
  readonly repository: string;
  readonly port: number;
  /** Ends all that runs there, and removes it. */
  close(): Promise<void>;
}

/**
 * The person's own state root is no place for this: a hostile program would run beside real sessions, and a provider whose
 * key is a canary would have to stand in config.yaml. It is made beside it, on the same filesystem, and is aimed at.
 */
export async function openProvingGround(io: Io): Promise<ProvingGround> {
  const { environment, terminal } = io;
  mkdirSync(dirname(io.root.path), { recursive: true });
  const place = mkdtempSync(`${io.root.path}-escape-`);
  const root = stateRoot(join(place, "state"));
  const outside = join(place, "stage");
  // Sessions have users of their own where those of the real one would; what they aim at is closed to them as it is there.
  chmodSync(place, 0o711);
  mkdirSync(root.path, { mode: 0o700 });
  mkdirSync(outside, { mode: 0o700 });
  let stage: Stage | undefined;
  const close = async () => {
    const record = readDispatcher(root);
    if (record) await endDispatcher(root, record, terminal.note);
    await endAgentProcesses(root);
    await endWorkers(root, systemClock);
    stage?.close();
    rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    stage = await openStage(outside, {
      home: io.home,
      runtime: environment["XDG_RUNTIME_DIR"],
      agent: environment["SSH_AUTH_SOCK"],
    });
    const repository = await makeRepository(root, { path: join(outside, "repository"), environment });
    const provider = {
      wire: "anthropic",
      baseUrl: `http://127.0.0.1:${stage.upstream}`,
      keyEnv: KEY_VARIABLE,
      model: "m",
    };
    writeFileSync(
      root.config,
      JSON.stringify({
        defaults: { provider: PROVIDER },
        providers: { [PROVIDER]: provider },
        limits: LIMITS,
        repositories: { [repository]: { push: REMOTE } },
        users: formatUsers(readConfig(io.root).users),
      }),
    );
    const key = { secret: stage.canary, setAt: timestamp(systemClock) };
    await storeCredential(root, { provider: PROVIDER, ...key });
    const git = { url: `http://127.0.0.1:${stage.remote}/proving/ground.git`, user: "git" };
    await storeCredential(root, { provider: REMOTE, ...key, git });
    const { port } = await ensureDispatcher({ ...io, root }, 0);
    return { root, stage, repository, port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeRepository(
  root: StateRoot,
  { path, environment }: { path: string; environment: NodeJS.ProcessEnv },
): Promise<string> {
  mkdirSync(path);
  writeFileSync(join(path, "README.md"), "Of no worth.\n");
  const env = identityVariables({ name: "Proving ground", email: "proving@localhost" });
  const git = (...args: string[]) => runGit({ root, environment }, args, { cwd: path, env });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=Begin");
  return path;
}
