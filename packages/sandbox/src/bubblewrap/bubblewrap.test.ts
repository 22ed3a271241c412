import { chownSync, existsSync, mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireTool, temporaryDirectory } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import type { SandboxPolicy } from "../sandbox.ts";
import { startWrapped } from "../start-wrapped.ts";
import { createBubblewrap } from "./bubblewrap.ts";

const sandbox = createBubblewrap();

async function run(script: string, policy: Partial<SandboxPolicy> & { directory: string }) {
  const whole = { environment: { PATH: "/usr/bin:/bin" }, network: "none", ...policy } as const;
  const child = startWrapped(await sandbox.wrap(["sh", "-c", script], whole), { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const collect = (chunk: Buffer) => void (output += chunk.toString());
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, output };
}

describe.runIf(requireTool("bwrap"))("what runs in bubblewrap", () => {
  it("finds what the policy names, and can write what it may", async () => {
    await using place = temporaryDirectory();
    mkdirSync(join(place.path, "worktree"));
    writeFileSync(join(place.path, "program"), "read me");
    const { code, output } = await run("cat ../program; echo done > made; ls -A ..; exit 7", {
      directory: join(place.path, "worktree"),
      readWrite: [join(place.path, "worktree")],
      readOnly: [join(place.path, "program")],
    });
    expect({ code, output }).toEqual({ code: 7, output: "read meprogram\nworktree\n" });
    expect(existsSync(join(place.path, "worktree/made"))).toBe(true);
  });

  it.runIf(process.geteuid?.() === 0)("reads what others keep to themselves, where that is asked for", async () => {
    await using place = temporaryDirectory();
    const worktree = join(place.path, "worktree");
    mkdirSync(worktree, { mode: 0o700 });
    writeFileSync(join(worktree, "mine"), "read me", { mode: 0o600 });
    for (const path of [worktree, join(worktree, "mine")]) chownSync(path, 1_900_000_001, 1_900_000_001);
    const policy = { directory: "/tmp", readOnly: [worktree] };
    const script = `cat ${worktree}/mine; echo more 2>/dev/null >${worktree}/mine || echo " and no more"; grep CapEff /proc/self/status`;
    expect((await run(script, { ...policy, readsAll: true })).output).toMatch(/^read me and no more\nCapEff:\s+0+4\n$/);
    expect((await run(script, policy)).output).not.toContain("read me");
  });

  it.runIf(process.geteuid?.() === 0)("runs as whom it is told", async () => {
    const as = { uid: 1_900_000_001, gid: 1_900_000_002 };
    const { output } = await run("id -u; id -g; id -un; grep CapEff /proc/self/status", { directory: "/tmp", as });
    expect(output).toMatch(/^1900000001\n1900000002\nharness\nCapEff:\s+0+\n$/);
  });

  it("has the variables of its policy and no others", async () => {
    process.env["HARNESS_TEST_CANARY"] = "canary";
    try {
      const environment = { PATH: "/usr/bin:/bin", MINE: "yes", LD_PRELOAD: "/nowhere/inside.so" };
      const { output } = await run("tr '\\0' '\\n' < /proc/self/environ", { directory: "/tmp", environment });
      const variables = output.split("\n").filter((line) => line.includes("=") && !line.startsWith("PWD="));
      expect(variables.toSorted()).toEqual([
        "HOME=/tmp",
        "LD_PRELOAD=/nowhere/inside.so",
        "MINE=yes",
        "PATH=/usr/bin:/bin",
      ]);
    } finally {
      delete process.env["HARNESS_TEST_CANARY"];
    }
  });

  it("does not show its variables to other users", async () => {
    const environment = { PATH: "/usr/bin:/bin", KEY: "a-secret" };
    const wrapped = await sandbox.wrap(["true"], { directory: "/tmp", environment, network: "none" });
    wrapped.close();
    expect(wrapped.command.join(" ")).not.toContain("a-secret");
  });

  it("is handed no descriptor but its own three", async () => {
    // Whoever runs this test may have been started with others, which must not reach the inside either.
    const { output } = await run("ls -l /proc/self/fd", { directory: "/tmp" });
    const open = output.split("\n").flatMap((line) => line.split(" -> ")[1] ?? []);
    expect(open.slice(0, 3)).toEqual([
      "/dev/null",
      expect.stringMatching(/^socket:/),
      expect.stringMatching(/^socket:/),
    ]);
    // The directory that ls reads.
    expect(open.slice(3).filter((target) => target !== "/dev/null")).toEqual([expect.stringMatching(/^.proc.\d+.fd$/)]);
  });

  it("is held to its limits", async () => {
    const limits = { openFiles: 50, fileBytes: 4096, cpuSeconds: 20, addressBytes: 2 ** 30 };
    const { output } = await run("head -c 9000 /dev/zero > big; stat -c %s big; ulimit -n; ulimit -t; ulimit -v", {
      directory: "/tmp",
      limits,
    });
    expect(output.split("\n").slice(-5)).toEqual(["4096", "50", "20", String(2 ** 20), ""]);
  });

  it("does not need a limit to be one that this process may raise", async () => {
    const { code } = await run("true", { directory: "/tmp", limits: { openFiles: 1e9, processes: 1e9 } });
    expect(code).toBe(0);
  });

  it("cannot have the next start make files outside, through a link in its worktree", async () => {
    await using place = temporaryDirectory();
    const worktree = join(place.path, "worktree");
    mkdirSync(worktree);
    symlinkSync(`/oldroot${place.path}`, join(worktree, "evil"));
    const inner = join(worktree, "evil/made");
    const attempt = run("true", { directory: worktree, readWrite: [worktree], readOnly: [inner] });
    await expect(attempt).rejects.toMatchObject({ code: "sandbox-policy-invalid" });
    expect(existsSync(join(place.path, "made"))).toBe(false);
  });

  it("is not given what a link leads to, nor a device", async () => {
    await using place = temporaryDirectory();
    symlinkSync("/", join(place.path, "link"));
    for (const path of [join(place.path, "link"), "/dev/null", join(place.path, "absent")]) {
      const attempt = sandbox.wrap(["true"], { directory: "/tmp", environment: {}, network: "none", readOnly: [path] });
      await expect(attempt).rejects.toMatchObject({ code: "sandbox-policy-invalid" });
    }
  });

  it("is given the directory that was asked for, also where another one has taken its path since", async () => {
    await using place = temporaryDirectory();
    const asked = join(place.path, "asked");
    mkdirSync(asked);
    const wrapped = await sandbox.wrap(["touch", join(asked, "made")], {
      directory: "/tmp",
      environment: { PATH: "/usr/bin:/bin" },
      network: "none",
      readWrite: [asked],
    });
    renameSync(asked, join(place.path, "moved"));
    mkdirSync(asked);
    await new Promise((resolve) =>
      startWrapped(wrapped, { stdio: ["ignore", "ignore", "inherit"] }).once("close", resolve),
    );
    expect(statSync(join(place.path, "moved/made")).isFile()).toBe(true);
    expect(existsSync(join(asked, "made"))).toBe(false);
  });
});
