import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RecordedRequest } from "./http/exchange.ts";
import { createHandler } from "./http/handle-request.ts";
import { parseScript, type Script } from "./script/script.ts";

export interface ScriptedModelOptions {
  script: Script;
  /** 0, the default, takes a free one. */
  port?: number;
  /** The keys that are accepted; everything else gets a 401. Without it, no key is needed. */
  keys?: string[];
  /** Told of every request that is over. */
  onEnd?: (request: RecordedRequest) => void;
}

export interface ScriptedModel {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  /** Every request so far, in order of arrival; each is kept up to date while it lasts. */
  requests: readonly RecordedRequest[];
  /** Stops at once, in the middle of whatever is being said. */
  close(): Promise<void>;
}

/** Starts a model endpoint on loopback that plays `script` on every wire.
 *  @throws {ScriptError} where the script cannot be played, and the system's error where the port cannot be had. */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const { script, port = 0, keys, onEnd } = options;
  const requests: RecordedRequest[] = [];
  const handle = createHandler({ script: parseScript(script), keys, requests, onEnd });
  const server = createServer((request, response) => void handle(request, response));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
