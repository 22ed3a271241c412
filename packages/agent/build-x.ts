import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { build, type BuildOptions, type Plugin } from "esbuild";

const shared: BuildOptions = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22.22",
  // The source text stays in memory as long as the code.
  minify: false,
  // Not read by Node; it gives the names in a bug report their meaning.
  sourcemap: "external",
  logLevel: "warning",
};

/** Renamed into place, because sessions start while it is being rebuilt. */
async function bundle(name: string, options: BuildOptions): Promise<void> {
  const file = `${name}.cjs`;
  const beside = `dist/.${process.pid}.${file}`;
  await build({ ...shared, ...options, outfile: beside });
  // One character beyond ASCII, and all of it takes two bytes each in memory. esbuild escapes those in strings alone.
  const text = await readFile(beside, "utf8");
  const strange = /[^\p{ASCII}]/u.exec(text);
  if (strange) throw new Error(`${name}: write ${strange[0]} as an escape, it is in a regular expression.`);
  const digest = createHash("sha256").update(text).digest("hex").slice(0, UNKNOWN.length);
  await writeFile(beside, text.replace(UNKNOWN, digest));
  await rename(`${beside}.map`, `dist/${file}.map`);
  await rename(beside, `dist/${file}`);
}

/** Where a text wants its own digest. */
const UNKNOWN = "0".repeat(16);

// What an agent process runs is one text with everything in it: it starts faster and stays smaller at rest than modules do.
// It is a function, so that what V8 compiles of it can be kept, and begins with its own digest.
await bundle("program", {
  entryPoints: ["src/main.ts"],
  banner: { js: `/*${UNKNOWN}*/(function(exports,require,module,__filename,__dirname){` },
  footer: { js: "})" },
  alias: { "node:crypto": "./src/small-crypto.ts" },
  define: { CODING_AGENTS_BUNDLE: '"./coding-agents.cjs"', WALL_BUNDLE: '"./wall.cjs"' },
});

// What starts it, and takes the code that V8 has made of it once.
await bundle("harness-agent", { entryPoints: ["src/start.ts"] });
// Where that fails, as it does without flock(1), V8 compiles what it needs each time.
const SMALL = "--max-semi-space-size=1";
const options = { timeout: 60_000, env: { PATH: "/usr/local/bin:/usr/bin:/bin" } };
await promisify(execFile)(process.execPath, [SMALL, "record-code.ts"], options).catch((error: Error) =>
  console.warn(`The code of the agent process could not be kept: ${error.message}`),
);

// The drivers of real coding agents, for as long as one of them is driven.
await bundle("coding-agents", {
  entryPoints: ["src/drivers/coding-agents.ts"],
  alias: { "node:crypto": "./src/small-crypto.ts" },
  define: { ACP_BUNDLE: '"./acp-client.cjs"' },
});

// What builds a sandbox, for the sessions that start something.
await bundle("wall", {
  entryPoints: ["src/wall/find-wall.ts"],
  alias: { "node:crypto": "./src/small-crypto.ts" },
  plugins: [withSeatbeltBeside()],
  // What lies beside it is required: an `import` would bring the other loader of modules with it.
  supported: { "dynamic-import": false },
});

// What makes the wall of macOS, and is loaded nowhere else.
await bundle("seatbelt", { entryPoints: ["node_modules/@harness/sandbox/dist/seatbelt/profile.js"] });
await copyFile("node_modules/@harness/sandbox/dist/seatbelt/sandbox-runtime.LICENSE", "dist/seatbelt.LICENSE");

// The SDK of the driver `acp` in a file of its own, which is let go of when its agent is.
await bundle("acp-client", { entryPoints: ["src/drivers/acp/client.ts"], plugins: [withoutSchemas()] });
await copyFile("node_modules/@agentclientprotocol/sdk/LICENSE", "dist/acp-client.LICENSE");

// The relay is a process of its own: what it loads must not be in the agent process.
await bundle("model-relay", { entryPoints: ["src/relay/main.ts"] });

// So is what takes a session to the hosts of its list.
await bundle("network-outlet", { entryPoints: ["src/outlet/main.ts"] });

// And so is what runs on the inner side of a sandbox.
await bundle("model-bridge", { entryPoints: ["src/bridge/main.ts"] });

function withSeatbeltBeside(): Plugin {
  return {
    name: "with-seatbelt-beside",
    setup({ onResolve }) {
      onResolve({ filter: /^[.]\/profile[.][jt]s$/ }, ({ kind }) =>
        kind === "dynamic-import" ? { path: "./seatbelt.cjs", external: true } : null,
      );
    },
  };
}

/** Leaves out the SDK's schemas: 8 MiB in memory, of which the driver uses nothing. */
function withoutSchemas(): Plugin {
  const schemas = /@agentclientprotocol\/sdk\/dist\/v1\/schema\/(?:zod|guards)[.]gen[.]js$/;
  return {
    name: "without-schemas",
    setup({ onLoad }) {
      onLoad({ filter: schemas }, async ({ path }) => {
        const names = [...(await readFile(path, "utf8")).matchAll(/^export const (\w+)/gm)];
        return { contents: names.map(([, name]) => `export const ${name} = undefined;`).join("\n") };
      });
    },
  };
}
