/**
 * The names under which the export may hold the page at `path`, best first. A page for any id is exported once, with `_`
 * in the id's place.
 */
export function pagePaths(path: string): string[] {
  const clean = path.length > 1 ? path.replace(/\/+$/, "") : path;
  return [clean, ...wildcards(clean)].flatMap((name) =>
    name === "/" ? ["/index.html"] : [name, `${name}.html`, `${name}/index.html`],
  );
}

function wildcards(path: string): string[] {
  const segments = path.split("/");
  return segments.flatMap((segment, index) => {
    const match = /^[A-Za-z0-9_-]{1,64}(?<ending>\.\w+)?$/.exec(segment);
    if (!match) return [];
    return [segments.with(index, `_${match.groups?.["ending"] ?? ""}`).join("/")];
  });
}
