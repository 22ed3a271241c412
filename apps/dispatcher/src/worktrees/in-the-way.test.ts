import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { moveFiles } from "./fast-forward.ts";
import { type Lab, openLab } from "./testing/lab.ts";

/** The move of the person's clean checkout to a commit that `change` has prepared in its index. */
function prepareMove(lab: Lab, change: () => void) {
  const { source } = lab;
  const from = lab.git(source, "rev-parse", "HEAD");
  change();
  lab.git(source, "commit", "-q", "-m", "next");
  const to = lab.git(source, "rev-parse", "HEAD");
  lab.git(source, "reset", "-q", "--hard", from);
  return () => moveFiles(lab.context, { checkout: source, from, to });
}

test("an ignored file in a folder that a file takes the place of is not lost", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitignore": "*.env\n", "folder/a": "a\n", "folder/below/b": "b\n" });
  const move = prepareMove(lab, () => {
    lab.git(lab.source, "rm", "-q", "-r", "folder");
    lab.write(lab.source, { folder: "now a file\n" });
    lab.git(lab.source, "add", "folder");
  });
  lab.write(lab.source, { "folder/below/own.env": "secret\n" });
  expect(await move()).toContain("would overwrite: folder/below/own.env");
  expect(readFileSync(join(lab.source, "folder/below/own.env"), "utf8")).toBe("secret\n");
  expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
});

test("an ignored link is not replaced by a folder", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitignore": "data\n" });
  const move = prepareMove(lab, () => {
    lab.write(lab.source, { "data/x": "x\n" });
    lab.git(lab.source, "add", "-f", "data/x");
  });
  mkdirSync(join(lab.path, "store"));
  symlinkSync(join(lab.path, "store"), join(lab.source, "data"));
  expect(await move()).toContain("would overwrite: data");
  expect(lstatSync(join(lab.source, "data")).isSymbolicLink()).toBe(true);
});

test.each([
  ["a file", "sub"],
  ["a folder", "sub/shared.txt"],
])("what is checked out in a submodule is not lost to %s of its name", async (_, path) => {
  await using lab = openLab();
  const library = join(lab.path, "library");
  lab.git(lab.path, "clone", "-q", lab.source, library);
  lab.git(lab.source, "-c", "protocol.file.allow=always", "submodule", "add", "-q", library, "sub");
  lab.git(lab.source, "commit", "-q", "-m", "submodule");
  const blob = lab.git(lab.source, "rev-parse", "HEAD:src/one.ts");
  const move = prepareMove(lab, () => {
    lab.git(lab.source, "update-index", "--force-remove", "sub");
    lab.git(lab.source, "update-index", "--add", "--cacheinfo", `100644,${blob},${path}`);
  });
  rmSync(join(lab.source, "sub"), { recursive: true, force: true });
  lab.git(lab.source, "-c", "protocol.file.allow=always", "submodule", "update", "-q", "--force");
  expect(await move()).toContain(`would overwrite: ${path === "sub" ? "sub/" : path}`);
  expect(readFileSync(join(lab.source, "sub/shared.txt"), "utf8")).toContain("line 1\n");
});

test("an ignored file with a name that is no UTF-8 is not overwritten", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitignore": "own-*\n" });
  const name = Buffer.from("own-\xff", "latin1");
  const move = prepareMove(lab, () => {
    writeFileSync(Buffer.concat([Buffer.from(`${lab.source}/`), name]), "theirs\n");
    lab.git(lab.source, "add", "-f", "-A");
  });
  const path = Buffer.concat([Buffer.from(`${lab.source}/`), name]);
  writeFileSync(path, "mine\n");
  expect(await move()).toContain("would overwrite: own-");
  expect(readFileSync(path, "utf8")).toBe("mine\n");
});
