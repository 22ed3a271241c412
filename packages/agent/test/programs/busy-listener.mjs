// Listens and accepts nobody until a line comes in: so many may wait as its queue has room for, and everybody else keeps
// asking. Tells its port, then whom it accepted and who is gone.
import { readSync } from "node:fs";
import { createServer } from "node:net";

const server = createServer((connection) => {
  const { remotePort } = connection;
  console.log(`accepted ${remotePort}`);
  connection.on("error", () => {}).on("close", () => console.log(`gone ${remotePort}`));
  connection.resume();
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  console.log(`port ${server.address().port}`);
  readSync(0, Buffer.alloc(1));
});
