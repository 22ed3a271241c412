import { existsSync, readFileSync, readlinkSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { hashOf } from "../canaries.ts";
import type { Targets } from "../targets.ts";

/** What people keep in their homes that would be worth something. */
const KEPT =
  ".ssh .gnupg .aws .azure .kube .docker .netrc .git-credentials .gitconfig .npmrc .pypirc .bashrc .profile .bash_history .claude .claude.json .codex .gemini .pi .config/gh .config/gcloud .config/google-chrome .mozilla .local/share/keyrings .password-store".split(
    " ",
  );
const SERVICES = [
  "/var/run/docker.sock",
  "/run/podman/podman.sock",
  "/run/containerd/containerd.sock",
  "/run/dbus/system_bus_socket",
];
const DESKTOP = "/tmp/.X11-unix";
const AGENTS = [
  "bus",
  "wayland-0",
  "gnupg/S.gpg-agent",
  "keyring/control",
  "keyring/ssh",
  "podman/podman.sock",
  "pulse/native",
];

export interface Person {
  readonly home: string | undefined;
  readonly runtime: string | undefined;
  /** Of the person's ssh-agent. */
  readonly agent: string | undefined;
}

/** What there is of a person's home. Nothing of it is opened here. */
export function findKept({ home }: Person): string[] {
  if (home === undefined || home === "") return [];
  // Not the home itself: where a session's own places are below it, its name is there inside, and nothing else of it.
  return KEPT.map((name) => join(home, name)).filter((path) => existsSync(path));
}

/** Sockets of what acts for a person. */
export function findServices({ runtime, agent }: Person): string[] {
  const desktop = existsSync(DESKTOP) ? readdirSync(DESKTOP).map((name) => join(DESKTOP, name)) : [];
  const own = runtime === undefined ? [] : AGENTS.map((name) => join(runtime, name));
  return [...SERVICES, ...desktop, ...own, ...(agent === undefined ? [] : [agent])].filter((path) => existsSync(path));
}

export function readNamespaces(): Targets["namespaces"] {
  try {
    const names = readdirSync("/proc/self/ns");
    return Object.fromEntries(names.map((name) => [name, readlinkSync(`/proc/self/ns/${name}`)]));
  } catch {
    // No Linux.
    return {};
  }
}

export function describeMachine(): Targets["machine"] {
  return { hostname: hostname(), accounts: hashOf(readFileSync("/etc/passwd")) };
}
