import { libraryProfile } from "./library.ts";
import { NETWORK_PATHS, READABLE_DEVICES, SYSTEM_LINKS, SYSTEM_PATHS, WRITABLE_DEVICES } from "./system-paths.ts";

export interface ProfileInput {
  /** Real paths, as all of these. */
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** On the way to one of those, by another name of it. */
  readonly links?: readonly string[];
  readonly network: "none" | "host";
  readonly ports: readonly number[];
}

const LOOKUPS = ["com.apple.SystemConfiguration.configd", "com.apple.SystemConfiguration.DNSConfiguration"];
const NAME_SERVER = "/private/var/run/mDNSResponder";
// A key that `security` was given is handed out to whoever starts `security`.
const KEYCHAIN = ["com.apple.SecurityServer", "com.apple.securityd.xpc"];

/**
 * The wall, in the language of Seatbelt. Everything is refused that no rule names; of the rules that fit, the last counts,
 * and one for an operation counts before one for a group of them. The file system is a list of what is shown.
 */
export function seatbeltProfile(input: ProfileInput): string {
  const { readable, writable, links = [], network } = input;
  const isOpen = network === "host";
  const library = libraryProfile({
    needsNetworkRestriction: !isOpen,
    allowUnixSockets: [...writable],
    allowMachLookup: isOpen ? LOOKUPS : [],
    // Programs in Go ask the system whether a certificate is good.
    enableWeakerNetworkIsolation: isOpen,
    readConfig: {
      denyOnly: ["/"],
      literalAllowWithinDeny: [...SYSTEM_PATHS, ...(isOpen ? NETWORK_PATHS : []), ...readable, ...writable],
    },
    writeConfig: { allowOnly: [], literalAllowOnly: [...writable], denyWithinAllow: [] },
  });
  return [library, ...fileRules(writable, links), ...networkRules(input), ...serviceRules()].join("\n");
}

/**
 * The package keeps names such as `.git/hooks` from being written below the current directory of whoever calls it. Nothing
 * outside reads what a session has put there: what is its own is its own whole. Only the place of a leaf stays, because
 * a link there would lead the next start elsewhere.
 */
function fileRules(writable: readonly string[], links: readonly string[]): string[] {
  const own = writable.map((path) => filter("subpath", path));
  return [
    rule("allow", "file-read-metadata", literals([...SYSTEM_LINKS, ...links])),
    rule("allow", "file-read*", literals(READABLE_DEVICES)),
    rule("allow", "file-read* file-write-data", [...literals(WRITABLE_DEVICES), filter("subpath", "/dev/fd")]),
    ...(own.length === 0
      ? []
      : [
          rule("allow", "file-read* file-write*", own),
          rule("allow", "file-write-create file-write-unlink", own),
          rule("deny", "file-write-unlink", literals(writable)),
        ]),
  ];
}

function networkRules({ writable, network, ports }: ProfileInput): string[] {
  if (network === "host") {
    const sockets = [...writable, NAME_SERVER].map((path) => `(remote unix-socket ${filter("subpath", path)})`);
    return [
      // Behind those that other programs of the person have are their keys and their containers.
      rule("deny", "network-outbound", ['(remote unix-socket (path-regex #"^/"))']),
      rule("allow", "network-outbound", sockets),
    ];
  }
  return ports.flatMap((port) => [
    rule("allow", "network-bind network-inbound", [`(local ip "localhost:${port}")`]),
    rule("allow", "network-outbound", [`(remote ip "localhost:${port}")`]),
  ]);
}

function serviceRules(): string[] {
  return [
    rule(
      "deny",
      "mach-lookup",
      KEYCHAIN.map((name) => filter("global-name", name)),
    ),
  ];
}

const rule = (action: "allow" | "deny", operations: string, filters: readonly string[]) =>
  `(${action} ${operations} ${filters.join(" ")})`;
const literals = (paths: readonly string[]) => paths.map((path) => filter("literal", path));
const filter = (kind: string, text: string) => `(${kind} ${JSON.stringify(text)})`;
