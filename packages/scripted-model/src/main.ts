import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ScriptError } from "./script/script-error.ts";
import { parseScript } from "./script/script.ts";
import { startScriptedModel } from "./start-scripted-model.ts";

const usage = `Usage: scripted-model --script <file.json> [--port <n>] [--key <key>]… [--log <file>]

Plays the script on 127.0.0.1 for Anthropic Messages, OpenAI Responses, OpenAI Chat Completions and Gemini.
Prints its URL, and serves until it is told to stop. With --key, every other key gets a 401.
With --log, every request that is over is added to the file as a line of JSON.`;

function fail(code: number, message: string): never {
  console.error(`scripted-model: ${message}`);
  process.exit(code);
}

function readArguments(): { script: string; port: number; keys?: string[]; log?: string } {
  try {
    const { values } = parseArgs({
      options: {
        script: { type: "string" },
        port: { type: "string", default: "0" },
        key: { type: "string", multiple: true },
        log: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const port = Number(values.port);
    if (values.script === undefined) fail(2, `--script is missing.\n\n${usage}`);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(2, `--port ${values.port} is not a port.`);
    const { script, key: keys, log } = values;
    return { script, port, ...(keys && { keys }), ...(log !== undefined && { log }) };
  } catch (error) {
    return fail(2, `${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

const { script: file, port, keys, log } = readArguments();
try {
  const script = parseScript(JSON.parse(await readFile(file, "utf8")));
  const model = await startScriptedModel({
    script,
    port,
    ...(keys && { keys }),
    ...(log !== undefined && { onEnd: (request) => appendFileSync(log, `${JSON.stringify(request)}\n`) }),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void model.close());
  console.log(model.url);
} catch (error) {
  if (error instanceof ScriptError) fail(1, `${file}: ${error.message}\n${error.hint}`);
  fail(1, `cannot play ${file}: ${error instanceof Error ? error.message : String(error)}`);
}
