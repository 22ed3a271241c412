import { readFileSync } from "node:fs";
import { HarnessError, systemClock, timestamp } from "@harness/core";
import { readConfig } from "../../config.ts";
import { forgetCredential } from "../../credentials/forget-credential.ts";
import { findRemote } from "../../credentials/endpoint.ts";
import { parseLogin, storeLogin } from "../../credentials/store-login.ts";
import { storeCredential, type Protection } from "../../credentials/store.ts";
import type { Provider } from "../../providers/built-in.ts";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { positiveNumber } from "../count.ts";
import type { Io } from "../environment.ts";
import { plainLine } from "../escape.ts";
import { findSession } from "../find-session.ts";
import { credentialLines, type CredentialLine } from "../list-credentials.ts";
import { readRemote } from "../read-remote.ts";
import { askHidden, readLogin, readSecret } from "../read-secret.ts";
import { tryCredential } from "../try-credential.ts";

const KEPT: Readonly<Record<Protection, string>> = {
  file: "in a file that only you can read (mode 0600). It is not encrypted: whoever reads your files has it",
  passphrase: "under a passphrase",
  keychain: "in the system's keychain (not tested)",
};
const EXAMPLES = `
Examples:
  harness credential set anthropic
  harness credential set shop --git https://github.com/me/shop.git --user me`;
const NAME_WIDTH = 16;
const WHERE_WIDTH = 40;

interface Options {
  file?: string;
  git?: string;
  user?: string;
  oauth?: boolean;
  passphraseFile?: string;
  keychain?: boolean;
  tokens?: number;
  push?: string;
  json?: boolean;
}

export const declareCredential: DeclareCommand = (command, io) => {
  const { root, terminal } = io;
  command
    .command("set")
    .description(
      "Keeps the key of a provider, or of a remote: asked for at the terminal, or read from standard input or a file.",
    )
    .argument("<name>", "of a provider; of your choice with --git")
    .option("--git <url>", "it opens this one remote, for sessions that may push: https://host/owner/repository.git")
    .option("--user <name>", "the user whom the remote knows it by (with --git)", "git")
    .option("--oauth", "it is an OAuth login, as JSON from standard input or a file; its worker renews it")
    .option("--file <path>", "read the key from this file")
    .option("--passphrase-file <path>", "encrypt it under the passphrase in this file, without asking")
    .option("--keychain", "keep it in the system's keychain (not tested)")
    .option("--json", "print {provider, protection, setAt, git, oauth}")
    .action(async (name: string, options: Options) => {
      const git = options.git === undefined ? undefined : readRemote(readConfig(root), { name, ...options });
      if (git === undefined) requireProvider(io, name);
      if (git !== undefined && options.oauth)
        throw new HarnessError("usage-invalid", "--oauth is for providers: a remote takes a token.");
      const given = options.oauth
        ? { login: parseLogin(await readLogin(options.file), systemClock.now()) }
        : { secret: await readSecret(`Key of ${name} (it is not shown): `, options.file) };
      const passphrase = options.keychain ? undefined : await choosePassphrase(options);
      const where = { provider: name, passphrase, keychain: options.keychain };
      const stored =
        given.login === undefined
          ? await storeCredential(root, { ...where, secret: given.secret, setAt: timestamp(systemClock), git })
          : await storeLogin(root, systemClock, { ...where, login: given.login });
      if (passphrase) await unlockIfRunning(io, name, passphrase);
      const { protection, setAt } = stored;
      if (options.json) return terminal.json({ provider: name, protection, setAt, oauth: options.oauth === true });
      terminal.line(`The ${options.oauth ? "login" : "key"} of ${name} is kept ${KEPT[protection]}.`);
    });
  command
    .command("ls")
    .description("Where the key of each provider and of each remote is. No key is ever printed.")
    .option("--json", "print [{provider, kind, remote, key, variable, setAt, worker, login}]")
    .action((options: Options) => {
      const lines = credentialLines({ root, config: readConfig(root), environment: io.environment });
      if (options.json) return terminal.json(lines);
      for (const line of lines) terminal.line(listed(line));
    });
  command
    .command("test")
    .description("Asks the provider for its list of models, or the remote for its refs, and says what it answered.")
    .argument("<name>")
    .option("--passphrase-file <path>", "the passphrase, where the key is kept under one")
    .option("--json", "print {ok, status, text}")
    .action(async (name: string, options: Options) => {
      const endpoint = findRemote(io, name) ?? requireProvider(io, name);
      const trial = await tryCredential(io, { name, endpoint }, () => requirePassphrase(name, options));
      if (!trial.ok) process.exitCode = 1;
      if (options.json) return terminal.json(trial);
      terminal.line(trial.text);
    });
  command
    .command("rm")
    .description("Forgets the key of a provider or of a remote. Sessions that use it get no more answers.")
    .argument("<name>")
    .action(async (name: string) => {
      if (!(await forgetCredential(root, systemClock, name)))
        throw new HarnessError("credential-not-found", `No key of ${name} is kept here.`);
      terminal.line(`The key of ${name} is gone.`);
    });
  command
    .command("unlock")
    .description("Opens a key that is kept under a passphrase, for as long as the dispatcher runs.")
    .argument("<name>")
    .option("--passphrase-file <path>", "the passphrase, without asking")
    .action(async (name: string, options: Options) => {
      const passphrase = await requirePassphrase(name, options);
      await bodyOf(
        connect(root).credentials[":provider"].unlock.$post({ param: { provider: name }, json: { passphrase } }),
      );
      terminal.line(`The key of ${name} is open.`);
    });
  command
    .command("allow")
    .description(
      "Lets a session spend more, once its budget is spent, or push a commit that changes what the remote runs.",
    )
    .argument("<id>", "id, prefix or name of a session")
    .option("--tokens <number>", "how many more", positiveNumber)
    .option("--push <commit>", "exactly this commit, named in full")
    .option("--json", "print {id, job, spent, budget}, or {id, ref, commit} with --push")
    .action(async (session: string, { tokens, push, json }: Options) => {
      if ((tokens === undefined) === (push === undefined))
        throw new HarnessError("usage-invalid", "Say one of --tokens and --push.");
      const param = { id: findSession(root, session) };
      const { budget, push: pushes } = connect(root).sessions[":id"];
      if (push !== undefined) {
        const answer = await bodyOf(pushes.$post({ param, json: { commit: push } }));
        if (json) return terminal.json(answer);
        return terminal.line(`${answer.id}  may push ${answer.commit} to ${plainLine(answer.ref)}`);
      }
      const answer = await bodyOf(budget.$post({ param, json: { tokens: tokens ?? 0 } }));
      if (json) return terminal.json(answer);
      const who = answer.job === null ? answer.id : `${answer.id}  with its job ${plainLine(answer.job)}`;
      terminal.line(`${who}  may spend ${answer.budget} tokens in all; ${answer.spent} are spent`);
    });
  command.addHelpText("after", EXAMPLES);
};

function requireProvider({ root }: Io, name: string): Provider {
  const { providers } = readConfig(root);
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (provider) return provider;
  throw new HarnessError("request-invalid", `The provider ${JSON.stringify(name.slice(0, 80))} is not known.`, {
    hint: `Known: ${Object.keys(providers).join(", ")}. Add others to \`providers\` in config.yaml.`,
  });
}

async function choosePassphrase({ passphraseFile }: Options): Promise<string | undefined> {
  if (passphraseFile !== undefined) return readFileSync(passphraseFile, "utf8").trim();
  const first = await askHidden("Passphrase (none: kept in a file that only you can read): ");
  if (!first) return undefined;
  if ((await askHidden("The same again: ")) === first) return first;
  throw new HarnessError("request-invalid", "The two passphrases differ.");
}

async function requirePassphrase(name: string, { passphraseFile }: Options): Promise<string> {
  if (passphraseFile !== undefined) return readFileSync(passphraseFile, "utf8").trim();
  const given = await askHidden(`Passphrase of the key of ${name}: `);
  if (given) return given;
  throw new HarnessError("credential-locked", `The key of ${name} is kept under a passphrase.`, {
    hint: "Give it at a terminal, or with --passphrase-file.",
  });
}

async function unlockIfRunning({ root, terminal }: Io, provider: string, passphrase: string): Promise<void> {
  if (readDispatcher(root) === null)
    return terminal.note(`Once the dispatcher runs, \`harness credential unlock ${provider}\` opens it.`);
  await bodyOf(connect(root).credentials[":provider"].unlock.$post({ param: { provider }, json: { passphrase } }));
}

function listed({ provider, kind, remote, key, variable, worker, login }: CredentialLine): string {
  const where = key === null ? "none" : key === "environment" ? `environment, ${variable}` : key;
  const process = worker === null ? "no worker runs" : `worker ${worker}`;
  const more = login === null ? "" : login.state === "ready" ? ", OAuth" : `, needs-login (${login.reason})`;
  const what = kind === "git" ? `  git ${plainLine(remote ?? "")}` : "";
  return `${provider.padEnd(NAME_WIDTH)} ${`${where}${more}`.padEnd(WHERE_WIDTH)} ${process}${what}`;
}
