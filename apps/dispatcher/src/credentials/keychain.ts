import { createHash } from "node:crypto";
import { HarnessError, type StateRoot } from "@harness/core";
import { execa } from "execa";

/** The name under which the system's keychain keeps a key: another for every state root. */
function labelOf(root: StateRoot, provider: string): { service: string; account: string } {
  const place = createHash("sha256").update(root.path).digest("hex").slice(0, 12);
  return { service: `harness-${place}`, account: provider };
}

interface Tool {
  readonly name: string;
  write(label: { service: string; account: string }, secret: string): { command: string[]; input: string };
  read(label: { service: string; account: string }): string[];
  remove(label: { service: string; account: string }): string[];
}

// The secret goes in by standard input: arguments are for everybody to see.
const TOOLS: Readonly<Record<string, Tool>> = {
  darwin: {
    name: "security",
    write: ({ service, account }, secret) => ({
      command: ["-i"],
      input: `add-generic-password -U -s ${service} -a ${account} -X ${Buffer.from(secret).toString("hex")}\n`,
    }),
    read: ({ service, account }) => ["find-generic-password", "-s", service, "-a", account, "-w"],
    remove: ({ service, account }) => ["delete-generic-password", "-s", service, "-a", account],
  },
  linux: {
    name: "secret-tool",
    write: ({ service, account }, secret) => ({
      command: ["store", "--label", `${service} ${account}`, "service", service, "account", account],
      input: secret,
    }),
    read: ({ service, account }) => ["lookup", "service", service, "account", account],
    remove: ({ service, account }) => ["clear", "service", service, "account", account],
  },
};

function tool(): Tool {
  const found = TOOLS[process.platform];
  if (found) return found;
  throw new HarnessError("keychain-failed", `There is no keychain known on ${process.platform}.`);
}

async function run(parameters: readonly string[], input = ""): Promise<string> {
  const { name } = tool();
  const { exitCode, stdout, failed } = await execa(name, parameters, { input, reject: false, timeout: 30_000 });
  if (!failed) return stdout;
  // Its own words may repeat what it was given.
  const why = exitCode === undefined ? "It cannot be started, or does not end" : `It ends with ${exitCode}`;
  throw new HarnessError("keychain-failed", `The keychain's program ${name} fails. ${why}.`);
}

export async function writeKeychain(root: StateRoot, provider: string, secret: string): Promise<void> {
  const { command, input } = tool().write(labelOf(root, provider), secret);
  await run(command, input);
}

export async function readKeychain(root: StateRoot, provider: string): Promise<string> {
  return (await run(tool().read(labelOf(root, provider)))).trim();
}

export async function removeFromKeychain(root: StateRoot, provider: string): Promise<void> {
  await run(tool().remove(labelOf(root, provider)));
}
