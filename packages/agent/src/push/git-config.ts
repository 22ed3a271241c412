export interface RemoteAccess {
  /** The address of the remote, as its people write it. */
  readonly remote: string;
  /** Where the session reaches its credential worker. */
  readonly host: string;
  /** All that the session knows of any key. */
  readonly workerKey: string;
}

/** Where a credential worker has its remote, below its socket. */
const REMOTE_PATH = "/remote";

/**
 * What git reads as the system's configuration inside the session: a remote under its own name, which git finds at the
 * credential worker. The session's own settings come before it. Pure.
 */
export function writeGitConfig({ remote, host, workerKey }: RemoteAccess): string {
  const worker = `http://${host}${REMOTE_PATH}`;
  const bare = remote.replace(/\.git$/, "");
  const sections: [string, [string, string][]][] = [
    ["include", [["path", "/etc/gitconfig"]]],
    [
      'remote "origin"',
      [
        ["url", remote],
        ["fetch", "+refs/heads/*:refs/remotes/origin/*"],
      ],
    ],
    ["remote", [["pushDefault", "origin"]]],
    ["push", [["default", "current"]]],
    [`url ${quote(worker)}`, [...new Set([`${bare}.git`, bare])].map((name) => ["insteadOf", name])],
    [
      `http ${quote(`http://${host}/`)}`,
      [
        ["extraHeader", `Authorization: Bearer ${workerKey}`],
        ["followRedirects", "false"],
        ["proxy", ""],
      ],
    ],
  ];
  return sections
    .map(([name, values]) => `[${name}]\n${values.map(([key, value]) => `\t${key} = ${quote(value)}\n`).join("")}`)
    .join("");
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
