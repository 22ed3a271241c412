// In the place of an outlet: says its number to whoever connects, and takes its time to end, or does not end at all.
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "node:net";

process.stdin.once("data", (line) => {
  const { socket, hosts } = JSON.parse(line);
  const server = createServer((connection) => connection.on("error", () => {}).end(String(process.pid)));
  server.listen(socket, () => console.log('{"type":"ready"}'));
  process.stdin.once("close", async () => {
    if (hosts.includes("never:1")) return;
    await sleep(200);
    server.close(() => process.exit(0));
  });
});
