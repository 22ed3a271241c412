// Watches and scans an inbox with the real clock, and prints each message as a JSON line: `node watch-inbox.mjs <session directory>`.
import { openInbox, sessionPaths, watchBox } from "../../dist/index.js";

const paths = sessionPaths(process.argv[2]);
const inbox = openInbox(paths.inbox);
const say = (line) => console.log(JSON.stringify(line));
await inbox.recover();
const onDegraded = (error) => say({ degraded: error.code });
for await (const why of watchBox(paths.inbox, { signal: new AbortController().signal, onDegraded })) {
  if (why === "scan") say({ scanned: true });
  for (const ready of await inbox.scan()) {
    const claimed = await inbox.claim(ready);
    if (claimed === null) continue;
    say({ id: ready.id, body: claimed.message.body, why });
    const settled = await inbox.settle(await inbox.start(claimed));
    if (settled.amendment !== undefined) say({ amendment: settled.amendment });
  }
}
