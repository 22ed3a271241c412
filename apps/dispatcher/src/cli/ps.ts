import { readEnvironment } from "./environment.ts";
import { listFiles } from "./list-files.ts";
import { report } from "./report.ts";
import { tellSessions } from "./tell-sessions.ts";

// `harness ps` in a bundle of its own: with a hundred sessions most of its time would go into loading what it never uses.
const io = readEnvironment([]);
try {
  tellSessions(listFiles(io.root, { all: process.argv.length > 3 }), io);
} catch (error) {
  process.exitCode = report(error, false);
}
