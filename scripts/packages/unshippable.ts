/** The files of a tarball that no user of the package wants: tests and build leftovers. */
export function findUnshippable(paths: string[]): string[] {
  return paths.filter((path) => /[.]test[.]|[.]tsbuildinfo$|(^|\/)(test|fixtures|node_modules)\//.test(path));
}
