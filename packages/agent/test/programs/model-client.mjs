// A small coding agent: asks its model, says what it answers, and ends well whatever happened, as some real ones do.
// Arguments: --tries <n> calls at most until one is answered, --pause <ms> between them, --write <file> afterwards.
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    tries: { type: "string", default: "1" },
    pause: { type: "string", default: "10" },
    write: { type: "string" },
  },
});
const { HARNESS_MODEL_URL: url, HARNESS_MODEL_WIRE: wire, HARNESS_MODEL: model } = process.env;
if (wire !== "anthropic") throw new Error(`This client does not speak ${wire}.`);
const prompt = await text(process.stdin);

async function ask() {
  const body = { model, stream: true, max_tokens: 100, messages: [{ role: "user", content: prompt }] };
  const answer = await fetch(`${url}/v1/messages`, { method: "POST", body: JSON.stringify(body) });
  const said = await answer.text();
  if (!answer.ok || said.includes("event: error")) return false;
  for (const [, delta] of said.matchAll(/"text":("(?:[^"\\]|\\.)+")/g)) process.stdout.write(JSON.parse(delta));
  return true;
}

for (let left = Number(values.tries); left > 0; left--) {
  if (await ask().catch(() => false)) break;
  await sleep(Number(values.pause));
}
if (values.write) writeFileSync(values.write, "written\n");
