import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { errorCode, escaped, held, judgeWays, untried, type Attempt } from "../attempt.ts";
import type { Way } from "./try-to.ts";

const PATIENCE_MS = 1_000;
/** Addresses of documentation: nobody answers there, and connecting a datagram socket sends nothing. */
const ELSEWHERE = [
  ["udp4", "192.0.2.1"],
  ["udp6", "2001:db8::1"],
] as const;

/** Ways out over the network, and to whoever listens on this machine. */
export const NETWORK: readonly Attempt[] = [
  {
    id: "connect-tcp",
    rows: ["A33", "A39"],
    title: "reach a server on the machine's loopback",
    expected: "no way there",
    async attempt({ targets: { network } }) {
      const ways = [knock("127.0.0.1", { port: network.tcp, host: "127.0.0.1" })];
      if (network.tcp6 !== null) ways.push(knock("::1", { port: network.tcp6, host: "::1" }));
      return judgeWays(await Promise.all(ways));
    },
  },
  {
    id: "send-udp",
    rows: ["A39"],
    title: "send a datagram to a server on the machine's loopback",
    expected: "it does not arrive",
    attempt: ({ targets: { network } }) => askByDatagram(network.udp),
    witness: ({ received }) => (received.includes("a datagram") ? "it arrived" : null),
  },
  {
    id: "find-route",
    rows: ["A39"],
    title: "find a way to another machine",
    expected: "the kernel knows none",
    attempt: async () => judgeWays(await Promise.all(ELSEWHERE.map(([type, address]) => routeTo(type, address)))),
  },
  {
    id: "find-network-device",
    rows: ["A39"],
    title: "find a network device that leads somewhere",
    expected: "loopback alone",
    attempt() {
      const names = readFileSync("/proc/net/dev", "utf8").match(/^ *[^ :]+(?=:)/gm) ?? [];
      return judgeWays(
        names.map((name) => ({
          way: name.trim(),
          through: name.trim() !== "lo",
          seen: name.trim() === "lo" ? "loopback" : "there",
        })),
      );
    },
  },
  {
    id: "connect-abstract-socket",
    rows: ["A38", "A39"],
    title: "reach a socket that has a name and no file, as desktops use them",
    expected: "no way there",
    attempt: async ({ targets: { network } }) =>
      judgeWays([await knock("the socket", { path: `\0${network.abstract}` })]),
  },
  {
    id: "connect-other-session",
    rows: ["A38", "A47"],
    title: "reach another session's socket, where its credential worker listens",
    expected: "not there",
    async attempt({ targets: { other } }) {
      if (other?.socket === undefined) return untried("no socket of another session is known");
      return judgeWays([await knock("the socket", { path: other.socket })]);
    },
  },
  {
    id: "connect-services",
    rows: ["A38"],
    title: "reach what acts for the person: ssh-agent, gpg-agent, docker, D-Bus, the desktop",
    expected: "not there",
    attempt: async ({ targets: { services } }) =>
      judgeWays(await Promise.all(services.map((path) => knock(path, { path })))),
  },
];

/** Whether somebody opens. */
export function knock(way: string, where: NetConnectOpts): Promise<Way> {
  return new Promise((resolve) => {
    const end = (through: boolean, seen: string) => {
      socket.destroy();
      resolve({ way, through, seen });
    };
    const socket = connect({ ...where, timeout: PATIENCE_MS });
    socket.once("connect", () => end(true, "connected"));
    socket.once("error", (error) => end(false, errorCode(error)));
    socket.once("timeout", () => end(false, "no answer"));
  });
}

function askByDatagram(port: number) {
  return new Promise<ReturnType<typeof held>>((resolve) => {
    const socket = createSocket("udp4");
    const end = (answer: ReturnType<typeof held>) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => end(held("no answer")), 200);
    socket.once("message", () => end(escaped("it was answered")));
    socket.once("error", (error) => end(held(errorCode(error))));
    socket.connect(port, "127.0.0.1", () => socket.send("a datagram"));
  });
}

function routeTo(type: "udp4" | "udp6", address: string): Promise<Way> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const end = (through: boolean, seen: string) => {
      socket.close();
      resolve({ way: address, through, seen });
    };
    socket.once("error", (error) => end(false, errorCode(error)));
    socket.connect(9, address, (error?: Error) => (error ? end(false, errorCode(error)) : end(true, "there is a way")));
  });
}
