// A small coding agent: tries to reach what it is told, each way there is, and says what came of it in one line of JSON.
// Arguments: places of the form host:port. With an address of a model it asks that as well.
import { request } from "node:http";
import { connect } from "node:net";

const proxy = process.env.HTTPS_PROXY ? new URL(process.env.HTTPS_PROXY) : null;
const said = { direct: {}, listed: {}, proxy: proxy?.host ?? null, node: process.env.NODE_USE_ENV_PROXY ?? null };

const direct = (host, port) =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => (socket.destroy(), resolve("connected")));
    socket.once("error", (error) => resolve(error.code));
  });

const through = (place) =>
  new Promise((resolve) => {
    if (proxy === null) return resolve("no proxy");
    const asked = request({
      host: proxy.hostname,
      port: proxy.port,
      method: "CONNECT",
      path: place,
      headers: { host: place },
    });
    asked.once("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) return (socket.destroy(), resolve(`refused with ${statusCode}`));
      socket.once("data", (bytes) => (socket.destroy(), resolve(String(bytes))));
      socket.write("hello\n");
    });
    asked.once("error", (error) => resolve(error.code));
    asked.end();
  });

for (const place of process.argv.slice(2)) {
  const [host, port] = place.split(":");
  said.direct[place] = await direct(host, Number(port));
  said.listed[place] = await through(place);
}
const { HARNESS_MODEL_URL: url } = process.env;
if (url) {
  const body = JSON.stringify({ model: "m", stream: true, max_tokens: 9, messages: [{ role: "user", content: "hi" }] });
  said.model = (await fetch(`${url}/v1/messages`, { method: "POST", body })).status;
}
console.log(JSON.stringify(said));
