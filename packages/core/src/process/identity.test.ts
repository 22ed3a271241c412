import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { until } from "../testing/index.ts";
import { bootId, identifyProcess, isSameProcess, signalProcess } from "./identity.ts";

test("a process is known by pid, start time and boot together", async () => {
  const child = spawn("sleep", ["60"]);
  const identity = identifyProcess(child.pid)!;
  expect(identity).toMatchObject({ pid: child.pid, bootId: bootId() });
  expect(isSameProcess(identity)).toBe(true);
  // The number went to another process, or the record is of another boot.
  const stranger = { ...identity, startTime: String(Number(identity.startTime) + 1) };
  const earlierBoot = { ...identity, bootId: "00000000-0000-0000-0000-000000000000" };
  for (const other of [stranger, earlierBoot]) {
    expect(isSameProcess(other)).toBe(false);
    expect(signalProcess(other, "SIGKILL")).toBe(false);
  }
  expect(isSameProcess(identity)).toBe(true);
  expect(signalProcess(identity, "SIGKILL")).toBe(true);
  await once(child, "exit");
  expect(isSameProcess(identity)).toBe(false);
  expect(signalProcess(identity, 0)).toBe(false);
  expect(identifyProcess(child.pid)).toBeNull();
});

test("a zombie is gone", async () => {
  // The shell goes on without collecting its child.
  const shell = spawn("sh", ["-c", "true & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(shell.stdout, "data")) as [Buffer];

  expect(await until(() => identifyProcess(Number(line.toString())) === null)).toBe(true);
  shell.kill("SIGKILL");
});

test.each([0, -1, 1, Number.NaN, 1.5])("pid %s is never signalled", (pid) => {
  expect(signalProcess({ pid, bootId: bootId(), startTime: identifyProcess(1)?.startTime ?? "0" }, "SIGKILL")).toBe(
    false,
  );
});
