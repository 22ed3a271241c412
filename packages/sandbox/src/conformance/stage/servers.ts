import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { openRemote } from "./remote.ts";

/** Servers outside that nobody inside should reach. What reaches them is noted, a line each. */
export interface Servers {
  readonly tcp: number;
  readonly tcp6: number | null;
  readonly udp: number;
  /** Another host, as far as a model's endpoint is concerned. */
  readonly elsewhere: number;
  /** The endpoint of a model that sends back what it was sent. */
  readonly upstream: number;
  /** A remote of git that takes every push. */
  readonly remote: number;
  readonly received: string[];
  close(): void;
}

export interface SocketNames {
  /** Has a name and no file. */
  readonly abstract: string;
  readonly paths: readonly string[];
}

export async function openServers({ abstract, paths }: SocketNames): Promise<Servers> {
  const received: string[] = [];
  const note = (line: string) => void (received.length < 10_000 && received.push(line));
  const servers: (Server | HttpServer | Socket)[] = [];
  const open = async (line: string, where: number | string, host?: string) => {
    const server = createServer((connection) => {
      note(line);
      connection.on("error", () => {}).end();
    });
    servers.push(server);
    server.listen(typeof where === "number" ? { port: where, host } : { path: where });
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const udp = createSocket("udp4", (message, { port }) => {
    note(message.toString("latin1").slice(0, 100));
    udp.send("an answer", port, "127.0.0.1");
  });
  servers.push(udp);
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  const serve = async (server: HttpServer) => {
    servers.push(server);
    await once(server, "listening");
    return server;
  };
  const upstream = await serve(openUpstream(note));
  const remote = await serve(openRemote(note));
  if (process.platform === "linux") await open("an abstract connection", `\0${abstract}`);
  for (const path of paths) await open("a connection", path);
  return {
    tcp: await open("a connection", 0, "127.0.0.1"),
    // A machine may have no such address.
    tcp6: await open("a connection", 0, "::1").catch(() => null),
    udp: udp.address().port,
    elsewhere: await open("elsewhere", 0, "127.0.0.1"),
    upstream: (upstream.address() as AddressInfo).port,
    remote: (remote.address() as AddressInfo).port,
    received,
    close() {
      for (const server of servers.splice(0)) server.close();
      for (const server of [upstream, remote]) server.closeAllConnections();
    },
  };
}

/** Answers with everything it was sent, in the forms in which a key could hide. */
function openUpstream(note: (line: string) => void): HttpServer {
  const server = createHttpServer((request, answer) => {
    const sent = JSON.stringify(request.headers);
    note(`upstream ${request.method} ${request.url} ${sent}`);
    const key = String(request.headers["x-api-key"] ?? "");
    const forms = [key, Buffer.from(key).toString("base64"), Buffer.from(key).toString("hex"), encodeURIComponent(key)];
    request.resume();
    answer.writeHead(200, { "Content-Type": "application/json", "X-Request-Id": key, "X-Your-Key": key });
    answer.end(
      JSON.stringify({
        type: "message",
        role: "assistant",
        content: [],
        sent,
        forms,
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    );
  });
  return server.listen(0, "127.0.0.1");
}
