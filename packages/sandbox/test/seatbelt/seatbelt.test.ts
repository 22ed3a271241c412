import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTool, temporaryDirectory } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { createBubblewrap } from "../../src/bubblewrap/bubblewrap.ts";
import { strongestOf } from "../../src/registry.ts";
import type { SandboxPolicy } from "../../src/sandbox.ts";
import { createSeatbelt } from "../../src/seatbelt/seatbelt.ts";
import { startWrapped } from "../../src/start-wrapped.ts";
import { judgeProfile } from "./judge-profile.ts";

const NO_WALL = '#!/bin/sh\nshift 2\nexec "$@"\n';
// The wall of Linux in the place of macOS's, around what the profile says is the command's own: so it can be tried here
// what is started, how, and that the probe looks for a wall.
const OTHER_WALL = `#!/bin/sh
own=$(printf '%s' "$2" | sed -n 's/^(allow file-read[*] file-write[*] (subpath "\\([^"]*\\)"))$/\\1/p')
shift 2
exec bwrap --dev-bind / / --tmpfs "${tmpdir()}" \${own:+--bind "$own" "$own"} -- "$@"
`;

function standIn(directory: string, text: string) {
  const program = join(directory, "sandbox-exec");
  writeFileSync(program, text, { mode: 0o755 });
  return createSeatbelt({ platform: "darwin", program });
}

const policy = (directory: string, parts: Partial<SandboxPolicy> = {}): SandboxPolicy => ({
  directory,
  environment: { PATH: "/usr/bin:/bin" },
  network: "none",
  ...parts,
});

describe("seatbelt does not work", () => {
  it("on Linux, and nothing takes its place", async () => {
    expect(await createSeatbelt({ platform: "linux" }).probe()).toMatchObject({ works: false });
    const attempt = createSeatbelt({ platform: "linux" }).wrap(["true"], policy("/tmp"));
    await expect(attempt).rejects.toMatchObject({ code: "sandbox-unavailable" });
  });

  it("where its program is missing, cannot start anything, or builds no wall", async () => {
    await using place = temporaryDirectory();
    const absent = createSeatbelt({ platform: "darwin", program: join(place.path, "absent") });
    expect(await absent.probe()).toMatchObject({ works: false, why: expect.stringContaining("is not there") });
    const nested = standIn(place.path, "#!/bin/sh\necho 'sandbox_apply: Operation not permitted' >&2\nexit 71\n");
    expect(await nested.probe()).toMatchObject({ works: false, why: expect.stringContaining("not permitted") });
    const open = standIn(place.path, NO_WALL);
    expect(await open.probe()).toMatchObject({ works: false, why: expect.stringContaining("no wall") });
    await expect(open.wrap(["true"], policy("/tmp"))).rejects.toMatchObject({ code: "sandbox-unavailable" });
  });
});

it("is what auto means on macOS, and on no other system", () => {
  expect((["darwin", "linux", "freebsd"] as const).map(strongestOf)).toEqual(["seatbelt", "bubblewrap", "bubblewrap"]);
});

describe.runIf(requireTool("bwrap"))("where it works", () => {
  it("starts the command with its own variables, directory and limits, and ends as it ends", async () => {
    await using place = temporaryDirectory();
    const worktree = join(realpathSync(place.path), "work tree");
    mkdirSync(worktree);
    const sandbox = standIn(place.path, OTHER_WALL);
    expect(await sandbox.probe()).toMatchObject({ works: true });
    const limits = { openFiles: 64, fileBytes: 1000, processes: 5, dataBytes: 5 };
    const script = 'pwd; echo "$HOME $MINE $1"; ulimit -n; head -c 5000 /dev/zero >big; wc -c <big; exit 7';
    const wrapped = await sandbox.wrap(["sh", "-c", script, "sh", "it's"], {
      ...policy(worktree, { home: worktree, limits }),
      environment: { PATH: "/usr/bin:/bin", MINE: "yes" },
    });
    expect(wrapped.command.slice(1, 3)).toEqual(["-p", expect.stringContaining(`(subpath "${worktree}")`)]);
    const child = startWrapped(wrapped, { stdio: ["ignore", "pipe", "ignore"] });
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => void (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, said: said.trim().split("\n") }).toEqual({
      code: 7,
      said: [worktree, `${worktree} yes it's`, "64", "1024"],
    });
  });

  it("takes no link, no device, nothing that is not there and no name that a profile cannot hold", async () => {
    await using place = temporaryDirectory();
    const sandbox = standIn(place.path, OTHER_WALL);
    const at = (name: string) => join(place.path, name);
    for (const name of ["a\nb", "a\u001Bb", "x".repeat(200)]) mkdirSync(at(name));
    symlinkSync("/", at("link"));
    const long = Array.from({ length: 6 }, () => "x".repeat(200)).join("/");
    mkdirSync(at(long), { recursive: true });
    for (const path of [at("link"), at("absent"), at("a\nb"), at("a\u001Bb"), at(long), "/dev/null"]) {
      const attempt = sandbox.wrap(["true"], policy("/tmp", { readOnly: [path] }));
      await expect(attempt).rejects.toMatchObject({ code: "sandbox-policy-invalid" });
    }
    await sandbox.wrap(["true"], policy("/tmp", { readOnly: [at("x".repeat(200))] }));
  });

  it("is told the real name of what a link on the way leads to", async () => {
    await using place = temporaryDirectory();
    const real = realpathSync(place.path);
    mkdirSync(join(real, "state/worktree"), { recursive: true });
    symlinkSync(join(real, "state"), join(real, "short"));
    const leaf = join(real, "short/worktree");
    const { command } = await standIn(real, OTHER_WALL).wrap(["true"], policy(leaf, { readWrite: [leaf] }));
    expect(command[2]).toContain(`(allow file-read* file-write* (subpath "${real}/state/worktree"))`);
    // And may look at the link itself, which others have called it by.
    const ask = judgeProfile(command[2] ?? "");
    expect(ask("file-read-metadata", { path: join(real, "short"), type: "SYMLINK" })).toBe("allow");
    expect(ask("file-read-metadata", { path: join(real, "other"), type: "SYMLINK" })).toBe("deny");
  });

  it("is the one that knows ports of the machine", async () => {
    const attempt = createBubblewrap().wrap(["true"], policy("/tmp", { ports: [4870] }));
    await expect(attempt).rejects.toMatchObject({ code: "sandbox-policy-invalid" });
  });
});
