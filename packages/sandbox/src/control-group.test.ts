import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, it } from "vitest";
import { delegatedParent, openControlGroup } from "./control-group.ts";

it.each<[string, boolean, string | null]>([
  [
    "0::/user.slice/user-1000.slice/user@1000.service/app.slice/term.scope\n",
    false,
    "/user.slice/user-1000.slice/user@1000.service/app.slice",
  ],
  ["12:pids:/x\n0::/a/b\n", false, "/a"],
  ["0::/system.slice/harness.service/main\n", true, "/system.slice/harness.service"],
  ["0::/system.slice/harness.service\n", true, null],
  ["0::/user.slice/user-0.slice/session-1.scope\n", true, null],
  ["0::/a\n", false, null],
  ["0::/\n", false, null],
  ["0::/../../other/x\n", false, null],
  ["4:memory:/a/b\n", false, null],
])("%j for root (%s): groups are made in %s", (own, isRoot, parent) => {
  expect(delegatedParent(own, isRoot)).toBe(parent);
});

it("asks the kernel for what is wanted, in a group beside its own", async () => {
  await using mount = temporaryDirectory();
  const above = join(mount.path, "app.slice");
  mkdirSync(join(above, "term.scope"), { recursive: true });
  writeFileSync(join(above, "cgroup.procs"), "");
  writeFileSync(join(above, "cgroup.subtree_control"), "cpu memory\n");
  // Where swap is counted, the kernel makes a file for it in each group.
  for (const name of ["harness-a", "harness-b"]) {
    mkdirSync(join(above, name));
    writeFileSync(join(above, name, "memory.swap.max"), "max");
  }
  const wish = { name: "harness-a", own: "0::/app.slice/term.scope\n", isRoot: false, mount: mount.path };
  const group = openControlGroup({ ...wish, limits: { processes: 100, memoryBytes: 2 ** 30 } });
  expect(group?.procs).toBe(join(above, "harness-a/cgroup.procs"));
  const read = (name: string) => readFileSync(join(above, name), "utf8");
  expect([read("harness-a/pids.max"), read("harness-a/memory.max")]).toEqual(["100", String(2 ** 30)]);
  // What moves to swap would be memory beyond the limit.
  expect(read("harness-a/memory.swap.max")).toBe("0");
  expect(read("cgroup.subtree_control")).toBe("+pids");
  openControlGroup({ ...wish, name: "harness-b", limits: {} });
  const open = ["pids", "memory", "memory.swap"].map((each) => read(`harness-b/${each}.max`));
  expect(open).toEqual(["max", "max", "max"]);
});

it("makes one also where the kernel counts no swap", async () => {
  await using mount = temporaryDirectory();
  const above = join(mount.path, "app.slice");
  mkdirSync(join(above, "term.scope"), { recursive: true });
  for (const [name, text] of Object.entries({ procs: "", subtree_control: "pids memory\n" }))
    writeFileSync(join(above, `cgroup.${name}`), text);
  const wish = { name: "harness-a", own: "0::/app.slice/term.scope\n", isRoot: false, mount: mount.path };
  expect(openControlGroup({ ...wish, limits: { memoryBytes: 2 ** 30 } })).not.toBeNull();
  expect(existsSync(join(above, "harness-a/memory.swap.max"))).toBe(false);
});

it("makes none where control groups are not, or not this user's", async () => {
  await using mount = temporaryDirectory();
  const own = "0::/app.slice/term.scope\n";
  expect(openControlGroup({ name: "a", own, isRoot: false, mount: mount.path, limits: {} })).toBeNull();
  expect(existsSync(join(mount.path, "app.slice"))).toBe(false);
});
