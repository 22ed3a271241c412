import { expect, test } from "vitest";
import { pagePaths } from "./page-path.ts";

test.each([
  ["/", "/index.html"],
  ["/sessions", "/sessions.html"],
  ["/sessions/", "/sessions/index.html"],
  ["/sessions/k3xabc", "/sessions/_.html"],
  ["/sessions/k3xabc.txt", "/sessions/_.txt"],
  ["/sessions/k3xabc/__next._tree.txt", "/sessions/_/__next._tree.txt"],
])("%s may be the exported %s", (path, file) => {
  expect(pagePaths(path)).toContain(file);
});

test("a page of its own name comes before the page for any id", () => {
  const paths = pagePaths("/sessions/new");
  expect(paths.indexOf("/sessions/new.html")).toBeLessThan(paths.indexOf("/sessions/_.html"));
});
