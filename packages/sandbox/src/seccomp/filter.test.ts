import { requireTool } from "@harness/core/testing";
import { expect, it } from "vitest";
import { createBubblewrap } from "../bubblewrap/bubblewrap.ts";
import { startWrapped } from "../start-wrapped.ts";
import { seccompFilter } from "./filter.ts";
import { ARCHITECTURES } from "./system-calls.ts";

const EPERM = 1;

/** Prints the errno of each system call, made with arguments that no kernel takes. */
const CALLS = `
import ctypes, json, sys
libc = ctypes.CDLL(None, use_errno=True)
answers = {}
for name, number, *arguments in json.loads(sys.argv[1]):
    ctypes.set_errno(0)
    libc.syscall(number, *(arguments or [-1, -1, -1, -1]))
    answers[name] = ctypes.get_errno()
print(json.dumps(answers))
`;

async function callInside(calls: readonly (readonly [string, ...number[]])[]): Promise<Record<string, number>> {
  const wrapped = await createBubblewrap().wrap(["/usr/bin/python3", "-c", CALLS, JSON.stringify(calls)], {
    directory: "/tmp",
    environment: { PATH: "/usr/bin:/bin" },
    network: "none",
  });
  const child = startWrapped(wrapped, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => void (output += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  return JSON.parse(output);
}

it("refuses every system call that no coding agent needs", async () => {
  if (!requireTool("bwrap") || !requireTool("/usr/bin/python3")) return;
  const refused = Object.entries(ARCHITECTURES[process.arch]?.refused ?? {});
  const answers = await callInside(refused);
  expect(answers).toEqual(Object.fromEntries(refused.map(([name]) => [name, EPERM])));
});

it("refuses to type into a terminal, and sockets that know no network namespace, and nothing beside them", async () => {
  if (!requireTool("bwrap") || !requireTool("/usr/bin/python3")) return;
  const { ioctl = -1, socket = -1 } = ARCHITECTURES[process.arch] ?? {};
  const [EBADF, ESUCCESS] = [9, 0];
  const answers = await callInside([
    ["type into a terminal", ioctl, -1, 0x5412, 0],
    ["type into the console", ioctl, -1, 0x541c, 0],
    ["ask for a terminal's size", ioctl, -1, 0x5413, 0],
    ["unix socket", socket, 1, 1, 0],
    ["IPv4 socket", socket, 2, 1, 0],
    ["IPv6 socket", socket, 10, 1, 0],
    ["netlink socket", socket, 16, 3, 0],
    ["virtual machine's socket", socket, 40, 1, 0],
    ["kernel's cryptography", socket, 38, 5, 0],
  ]);
  expect(answers).toEqual({
    "type into a terminal": EPERM,
    "type into the console": EPERM,
    "ask for a terminal's size": EBADF,
    "unix socket": ESUCCESS,
    "IPv4 socket": ESUCCESS,
    "IPv6 socket": ESUCCESS,
    "netlink socket": ESUCCESS,
    "virtual machine's socket": EPERM,
    "kernel's cryptography": EPERM,
  });
});

it("has no filter for a machine whose system calls it does not know", () => {
  expect(seccompFilter("riscv64")).toBeNull();
});
