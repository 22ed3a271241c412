/** What makes the loader or the C library of a program take in files: it must work inside, on nothing that builds the wall. */
const LOADER = /^(?:LD_|GCONV_PATH$|GLIBC_TUNABLES$|LOCPATH$|NLSPATH$|MALLOC_)/;

export interface SplitEnvironment {
  /** For bubblewrap, which hands it on. */
  readonly plain: Record<string, string>;
  /** Set inside only. Other users of the machine can read it, so it must be no secret. */
  readonly hidden: Record<string, string>;
}

export function splitEnvironment(environment: Readonly<Record<string, string>>): SplitEnvironment {
  const plain: Record<string, string> = {};
  const hidden: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) (LOADER.test(name) ? hidden : plain)[name] = value;
  return { plain, hidden };
}
