const places = new Set(["packages", "apps", "scripts", "docs", "examples", ".ci"]);
const placesInPackage = new Set(["src", "test", "bin"]);

/** The path below the checkout that a code span cites, as a glob, or null where it cites none.
 *  `inPackage` is the folder of the workspace whose Markdown this is ("packages/core"), or null. */
export function citedPath(span: string, inPackage: string | null): string | null {
  const path = span.replace(/^[.]\//, "").replace(/:\d+(-\d+)?$/, "");
  if (!/^[\w@.*{},[\]/-]+$/.test(path)) return null;
  const [first = ""] = path.split("/");
  if (/^[A-Z]+[.]md$/.test(path)) return path;
  if (!path.includes("/")) return null;
  if (places.has(first)) return path;
  return inPackage !== null && placesInPackage.has(first) ? `${inPackage}/${path}` : null;
}
