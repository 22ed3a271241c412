import { type GitContext, runGit } from "./git.ts";

/** Whose name stands on commits. */
export interface Identity {
  name: string;
  email: string;
}

const NOBODY: Identity = { name: "Harness", email: "harness@localhost" };

/** The person's own name as git knows it in a repository. Where it knows none, commits still work, under a plain name. */
export async function readIdentity(context: GitContext, gitDirectory: string): Promise<Identity> {
  const args = ["config", "--null", "--get-regexp", "^user\\.(name|email)$"];
  const { text } = await runGit(context, args, { gitDirectory, trust: "person", accept: [1] });
  const found: Partial<Identity> = {};
  for (const entry of text.split("\0")) {
    const [key, value = ""] = splitOnce(entry, "\n");
    if (key === "user.name") found.name = value;
    if (key === "user.email") found.email = value;
  }
  return { name: plain(found.name) || NOBODY.name, email: plain(found.email) || NOBODY.email };
}

export function identityVariables({ name, email }: Identity): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

// git leaves these characters out of a commit, and a configuration file would need them escaped.
function plain(text: string | undefined): string {
  // oxlint-disable-next-line no-control-regex
  return (text ?? "").replace(/[\u0000-\u001f<>]/g, "").trim();
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
