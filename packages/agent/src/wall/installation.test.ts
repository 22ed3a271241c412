import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, it } from "vitest";
import { findInstallation } from "./installation.ts";

function make(root: string, ...files: string[]): void {
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "", { mode: 0o755 });
  }
}

it("shows what a program is installed in, and never what holds a session or a home", async () => {
  await using place = temporaryDirectory();
  const root = realpathSync(place.path);
  make(
    root,
    "app/node_modules/.pnpm/tool@1/node_modules/tool/cli.js",
    "home/package.json",
    "home/bin/own",
    "lone/tool",
  );
  make(root, "kit/package.json", "kit/dist/main.js", "node/bin/node", "node/lib/node_modules/npm/package.json");
  symlinkSync(join(root, "app/node_modules/.pnpm/tool@1/node_modules/tool/cli.js"), join(root, "tool"));
  const node = join(root, "node/bin/node");
  const show = (...command: string[]) =>
    findInstallation({ command, path: `/usr/bin:${join(root, "node/bin")}`, hidden: [join(root, "home")] });

  expect(show(node, join(root, "tool"), "--flag")).toMatchObject({
    command: [node, join(root, "app/node_modules/.pnpm/tool@1/node_modules/tool/cli.js"), "--flag"],
    readOnly: [join(root, "node/bin"), join(root, "node/lib/node_modules"), join(root, "app/node_modules")],
  });
  expect(show(node, join(root, "kit/dist/main.js")).readOnly).toContain(join(root, "kit"));
  expect(show(join(root, "home/bin/own")).readOnly).toContain(join(root, "home/bin/own"));
  expect(show(join(root, "lone/tool")).readOnly).toContain(join(root, "lone/tool"));
  expect(show("sh", "-c", join(root, "lone/tool")).readOnly).not.toContain(join(root, "lone/tool"));
  expect(show("/usr/bin/env").readOnly.filter((path) => path.startsWith("/usr/"))).toEqual([]);
});

it("finds a program that PATH leads to outside of the system, and leaves the system's own as they are called", async () => {
  await using place = temporaryDirectory();
  const root = realpathSync(place.path);
  make(root, "person/bin/tool", "person/.ssh/key");
  writeFileSync(join(root, "person/bin/notes"), "", { mode: 0o644 });
  const path = `${join(root, "person/bin")}:/usr/bin:/bin`;
  const show = (...command: string[]) => findInstallation({ command, path, hidden: [join(root, "person")] });
  const tool = join(root, "person/bin/tool");
  expect(show("tool", "--flag")).toMatchObject({ command: [tool, "--flag"] });
  expect(show("tool").readOnly).toContain(tool);
  expect(show("tool").readOnly.some((each) => each === root || each.endsWith("/person"))).toBe(false);
  expect(show("notes").command).toEqual(["notes"]);
  expect(show("sh", "-c", "tool").command).toEqual(["sh", "-c", "tool"]);
  expect(show("no-such-tool").command).toEqual(["no-such-tool"]);
});
