/** Of the places where programs of a package manager lie, what they need to run: not what they keep, such as databases. */
const PREFIXES = ["/opt/homebrew", "/opt/local", "/usr/local"];
const OF_PREFIX = ["bin", "sbin", "lib", "libexec", "opt", "Cellar", "Frameworks", "Library", "include", "share"];

/** What any program of macOS needs to run, and nothing that tells of a person. */
export const SYSTEM_PATHS = [
  "/bin",
  "/sbin",
  "/usr/bin",
  "/usr/include",
  "/usr/lib",
  "/usr/libexec",
  "/usr/sbin",
  "/usr/share",
  // Never all of /System: below its Volumes everything else of the disk is to be found again.
  "/System/Cryptexes",
  "/System/Library",
  "/System/Volumes/Preboot/Cryptexes",
  "/System/iOSSupport",
  "/Library/Apple",
  "/Library/Developer/CommandLineTools",
  "/Library/Frameworks",
  "/Library/Java",
  "/Library/Preferences/com.apple.dt.Xcode.plist",
  "/Applications/Xcode.app/Contents",
  "/nix/store",
  ...PREFIXES.flatMap((prefix) => OF_PREFIX.map((name) => `${prefix}/${name}`)),
  "/opt/homebrew/etc/ca-certificates",
  "/opt/homebrew/etc/openssl@3",
  "/usr/local/etc/ca-certificates",
  "/usr/local/etc/openssl@3",
  "/private/etc/bashrc",
  "/private/etc/localtime",
  "/private/etc/paths",
  "/private/etc/paths.d",
  "/private/etc/profile",
  "/private/etc/protocols",
  "/private/etc/services",
  "/private/etc/ssl",
  "/private/etc/zprofile",
  "/private/etc/zshrc",
  "/private/var/db/dyld",
  "/private/var/db/timezone",
  "/private/var/db/xcode_select_link",
  "/private/var/select",
];

/** And how names are looked up, where there is a network. */
export const NETWORK_PATHS = ["/private/etc/hosts", "/private/etc/resolv.conf", "/private/var/run/resolv.conf"];

/** Links on the way to all of it: they are followed, and lead to nothing that is not shown. */
export const SYSTEM_LINKS = ["/etc", "/tmp", "/var"];

/** Terminals are not among them: what is typed in one, or appears there, is a person's. */
export const READABLE_DEVICES = ["/dev/random", "/dev/urandom", "/dev/zero", "/dev/autofs_nowait", "/dev/dtracehelper"];
export const WRITABLE_DEVICES = ["/dev/null", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr"];
