import { copyFile, readFile, rename } from "node:fs/promises";
import { build, type BuildOptions, type Plugin } from "esbuild";

const shared: BuildOptions = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22.22",
  // The source text stays in memory as long as the code.
  minify: true,
  // Not read by Node; it gives the names in a bug report their meaning.
  sourcemap: "external",
  logLevel: "warning",
};

/** Renamed into place, because sessions start while it is being rebuilt. */
async function bundle(name: string, options: BuildOptions): Promise<void> {
  const beside = `dist/.${name}.${process.pid}.cjs`;
  await build({ ...shared, ...options, outfile: beside });
  // One character beyond ASCII, and all of it takes two bytes each in memory. esbuild escapes those in strings alone.
  const strange = /[^\p{ASCII}]/u.exec(await readFile(beside, "utf8"));
  if (strange) throw new Error(`${name}: write ${strange[0]} as an escape, it is in a regular expression.`);
  await rename(`${beside}.map`, `dist/${name}.cjs.map`);
  await rename(beside, `dist/${name}.cjs`);
}

// One CommonJS file with everything in it: it starts faster and stays smaller at rest than modules do.
await bundle("harness-agent", {
  entryPoints: ["src/main.ts"],
  alias: { "node:crypto": "./src/small-crypto.ts" },
  define: { CODING_AGENTS_BUNDLE: '"./coding-agents.cjs"', WALL_BUNDLE: '"./wall.cjs"' },
});

// The drivers of real coding agents, for as long as one of them is driven.
await bundle("coding-agents", {
  entryPoints: ["src/drivers/coding-agents.ts"],
  alias: { "node:crypto": "./src/small-crypto.ts" },
  define: { ACP_BUNDLE: '"./acp-client.cjs"' },
});

// What builds a sandbox, for the sessions that start something.
await bundle("wall", { entryPoints: ["src/wall/find-wall.ts"], alias: { "node:crypto": "./src/small-crypto.ts" } });

// The SDK of the driver `acp` in a file of its own, which is let go of when its agent is.
await bundle("acp-client", { entryPoints: ["src/drivers/acp/client.ts"], plugins: [withoutSchemas()] });
await copyFile("node_modules/@agentclientprotocol/sdk/LICENSE", "dist/acp-client.LICENSE");

// The relay is a process of its own: what it loads must not be in the agent process.
await bundle("model-relay", { entryPoints: ["src/relay/main.ts"] });

// So is what takes a session to the hosts of its list.
await bundle("network-outlet", { entryPoints: ["src/outlet/main.ts"] });

// And so is what runs on the inner side of a sandbox.
await bundle("model-bridge", { entryPoints: ["src/bridge/main.ts"] });

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
