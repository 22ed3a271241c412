import { expect, test } from "vitest";
import { findScriptChanges } from "./package-scripts.ts";

const text = (value: object) => JSON.stringify(value);

test.each([
  [{ scripts: { postinstall: "node x.js" } }, "changes scripts"],
  [{ bin: "x.js" }, "changes bin"],
  [{ "lint-staged": { "*": "sh x" }, workspaces: ["a"] }, "changes lint-staged, workspaces"],
  [{ dependencies: { a: "git+https://example.org/a.git" } }, "takes a package from outside the registry"],
  [{ devDependencies: { a: "file:../a" } }, "takes a package from outside the registry"],
  [{ dependencies: { a: "someone/a" } }, "takes a package from outside the registry"],
  [{ dependencies: { a: "npm:b@1" } }, "takes a package from outside the registry"],
])("%j is told", (now, what) => {
  expect(findScriptChanges(text(now), null)).toBe(what);
  expect(findScriptChanges(text({ name: "x", ...now }), text(now))).toBeNull();
});

test("versions, descriptions and the registry's own ranges are not", () => {
  const dependencies = { a: "^1.2.3", b: ">=1 <2 || 3.x", c: "latest", d: "workspace:^", e: "catalog:", f: "*" };
  expect(findScriptChanges(text({ version: "2", description: "x", dependencies }), text({ version: "1" }))).toBeNull();
});

test("what cannot be read is told", () => {
  expect(findScriptChanges("{", text({}))).toBe("cannot be read");
  expect(findScriptChanges("[]", text({}))).toBe("cannot be read");
});
