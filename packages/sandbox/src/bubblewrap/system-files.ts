import { existsSync, lstatSync, readlinkSync } from "node:fs";

/** Of /etc: where programs find each other, their libraries, certificates and the time zone. */
const ETC = [
  "/etc/alternatives",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/localtime",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
  "/etc/pki/tls/certs",
  "/etc/pki/ca-trust/extracted",
  "/etc/crypto-policies",
  "/etc/ca-certificates",
];
/** And how names are looked up, where there is a network. */
const ETC_NETWORK = ["/etc/resolv.conf", "/etc/hosts", "/etc/gai.conf", "/etc/services"];

const MERGED = ["/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"];
/** Where some systems keep all their programs. */
const STORES = ["/nix/store", "/gnu/store"];

/** Mounts of the system itself: what any program needs to run, and nothing that tells of a person. */
export function systemMounts(network: "none" | "host"): string[] {
  const files = [...ETC, ...(network === "host" ? ETC_NETWORK : []), ...STORES];
  return [
    "--ro-bind",
    "/usr",
    "/usr",
    ...MERGED.flatMap(mergedMount),
    ...files.filter((path) => existsSync(path)).flatMap((path) => ["--ro-bind-try", path, path]),
  ];
}

/** What of all this has to be there inside. */
export function promisedPaths(network: "none" | "host"): string[] {
  const own = Object.keys(ownFiles({ uid: 0, gid: 0 }, network));
  return [...["/usr", ...MERGED, ...ETC].filter((path) => existsSync(path)), ...own];
}

function mergedMount(path: string): string[] {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (!facts) return [];
  return facts.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
}

/** Files that the sandbox writes itself, so that the machine's own users and hosts stay unknown inside. */
export function ownFiles(identity: { uid: number; gid: number }, network: "none" | "host"): Record<string, string> {
  const { uid, gid } = identity;
  return {
    "/etc/passwd": `harness:x:${uid}:${gid}::/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`,
    "/etc/group": `harness:x:${gid}:\nnogroup:x:65534:\n`,
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    ...(network === "none" ? { "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n" } : {}),
  };
}
