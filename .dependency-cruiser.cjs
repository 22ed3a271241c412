// Who may import whom. scripts/check-boundaries.ts runs these rules, and first plants one violation of each of them:
// a rule that finds nothing when there is something to find fails the check.

const rule = (name, comment, imports) => ({ name, comment, severity: "error", ...imports });

const tests = "[.]test[.]tsx?$|/test/|/testing/";
const network = "^(node:)?(http|https|http2|net|tls|dgram|dns)(/|$)";
const dispatcher = "^apps/dispatcher/src";
const web = "^apps/web/src";
const acpClient = "packages/agent/src/drivers/acp/client[.]ts";

module.exports = {
  forbidden: [
    rule("core-imports-no-workspace", "core stands alone", {
      from: { path: "^packages/core/" },
      to: { path: "^(packages/(?!core/)|apps/|scripts/)" },
    }),
    rule("core-has-no-network", "sessions on disk need no network", {
      from: { path: "^packages/core/src", pathNot: tests },
      to: { path: network },
    }),
    rule("core-needs-only-zod-mini", "an agent process bundles core and must stay small", {
      from: { path: "^packages/core/src", pathNot: tests },
      to: { path: "node_modules/", pathNot: "node_modules/zod/(v4/)?mini/" },
    }),
    rule("sandbox-imports-core-only", "a wall is only as good as what builds it is small", {
      // The wall of macOS is somebody else's by a part, which is bundled and loaded there alone.
      from: { path: "^packages/sandbox/src", pathNot: `${tests}|^packages/sandbox/src/seatbelt/library[.]ts$` },
      to: { path: "node_modules/|^(packages/(?!core/|sandbox/)|apps/|scripts/)" },
    }),
    rule("agent-imports-core-only", "the agent process works with no dispatcher in sight", {
      from: { path: "^packages/agent/" },
      to: { path: "^apps/" },
    }),
    rule("agent-stays-small", "a hundred of them idle side by side", {
      // model/listen.ts, push/ and wall/free-ports.ts: what starts processes has loaded node:net anyway.
      from: {
        path: "^packages/agent/src",
        pathNot: `${tests}|^packages/agent/src/(relay/|outlet/|bridge/|push/|model/listen[.]ts$|wall/free-ports[.]ts$)|^${acpClient}$`,
      },
      to: { path: `node_modules/|${network}`, pathNot: "node_modules/zod/(v4/)?mini/" },
    }),
    rule("relay-stands-alone", "it is a process of its own, started by path: what it loads must not reach the agent", {
      from: { path: "^packages/agent/src", pathNot: `${tests}|^packages/agent/src/relay/` },
      to: { path: "^packages/agent/src/relay/", dependencyTypesNot: ["type-only"] },
    }),
    rule("outlet-stands-alone", "it is a process of its own, as the relay is", {
      from: { path: "^packages/agent/src", pathNot: `${tests}|^packages/agent/src/outlet/` },
      to: { path: "^packages/agent/src/outlet/" },
    }),
    rule("relay-needs-only-node", "its code holds connections that carry keys", {
      from: { path: "^packages/agent/src/relay/", pathNot: tests },
      to: { path: "node_modules/|^packages/core/" },
    }),
    rule("credential-worker-needs-only-node", "what holds a secret loads nothing that others wrote", {
      from: { path: "^packages/credentials/src", pathNot: tests },
      to: { path: "node_modules/|^(packages/(?!credentials/)|apps/)" },
    }),
    rule("one-module-knows-the-acp-sdk", "it is a bundle of its own, so that its memory can be given back", {
      from: { path: "^packages/agent/src", pathNot: `${tests}|/drivers/acp/load-client[.]ts$` },
      to: { path: `^${acpClient}$`, dependencyTypesNot: ["type-only"] },
    }),
    rule("drivers-look-down", "main -> run-agent -> turn -> drivers", {
      from: { path: "^packages/agent/src/drivers/", pathNot: tests },
      to: {
        path: "^packages/agent/src/",
        pathNot: "^packages/agent/src/((drivers|tree|wall)/|(load-bundle|reply|storage)[.]ts)",
        dependencyTypesNot: ["type-only"],
      },
    }),
    rule(
      "dispatcher-never-imports-the-agent",
      "it starts the agent by path, so that an agent process can be written in another language",
      { from: { path: "^apps/dispatcher/" }, to: { path: "^packages/agent/" } },
    ),
    rule("no-app-to-app-values", "the web knows the type of the API and nothing else of the dispatcher", {
      from: { path: "^apps/([^/]+)/src" },
      to: { path: "^apps/", pathNot: "^apps/$1/", dependencyTypesNot: ["type-only"] },
    }),
    rule("verbs-know-no-transport", "a verb is called by HTTP, by the command line and by tests alike", {
      from: { path: `${dispatcher}/(?!http/|cli/)[^/]+/`, pathNot: tests },
      to: { path: `${dispatcher}/(http|cli)/|node_modules/@?hono/|node_modules/commander/` },
    }),
    rule("verbs-know-no-supervisor", "the supervisor calls the verbs", {
      from: { path: `${dispatcher}/(sessions|worktrees)/`, pathNot: tests },
      to: { path: `${dispatcher}/supervisor/` },
    }),
    rule("http-knows-no-command-line", "one door each", {
      from: { path: `${dispatcher}/http/` },
      to: { path: `${dispatcher}/cli/` },
    }),
    rule("nobody-imports-main", "a composition root is where the program starts", {
      from: { pathNot: tests },
      to: { path: "^(packages|apps)/[^/]+/src/(cli/)?main[.]ts$" },
    }),
    rule("features-are-neighbours", "a feature never imports another feature", {
      from: { path: `${web}/features/([^/]+)/` },
      to: { path: `${web}/features/`, pathNot: `${web}/features/$1/` },
    }),
    rule("web-looks-down", "app -> features -> components -> lib", {
      from: { path: `${web}/(features|components|lib)/` },
      to: { path: `${web}/app/` },
    }),
    rule("components-know-no-feature", "app -> features -> components -> lib", {
      from: { path: `${web}/(components|lib)/` },
      to: { path: `${web}/features/` },
    }),
    rule("lib-knows-no-component", "app -> features -> components -> lib", {
      from: { path: `${web}/lib/` },
      to: { path: `${web}/components/` },
    }),
    rule("testing-only-from-tests", "shipped code never carries test tools", {
      from: { path: "^(packages|apps)/", pathNot: tests },
      to: { path: "/(src|dist)/testing/|[.]test[.]tsx?$|^(packages|apps)/[^/]+/test/" },
    }),
    rule("no-circular", "two files that need each other are one file", {
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    }),
    rule("no-unresolvable", "the file is not there, or its package is not built", {
      from: {},
      to: { couldNotResolve: true },
    }),
  ],
  options: {
    // The parser comes from TypeScript 6 (see packageExtensions in pnpm-workspace.yaml). Without one, dependency-cruiser
    // sees no .ts file at all and finds nothing wrong.
    parser: "tsc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: ["node_modules/", "^(packages|apps)/[^/]+/dist/"] },
    exclude: { path: "^apps/[^/]+/(out|public|[.]next)/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
  },
};
