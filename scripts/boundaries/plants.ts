/** A small file that breaks one rule, or, where `rule` is null, looks as if it did and does not. */
export interface Plant {
  rule: string | null;
  path: string;
  source: string;
}

const breaks = (rule: string, path: string, imported: string): Plant => ({
  rule,
  path,
  source: `import * as other from "${imported}";\nexport const planted = other;\n`,
});
const keeps = (path: string, source: string): Plant => ({ rule: null, path, source: `${source}\n` });

const core = "packages/core/src";
const sandbox = "packages/sandbox/src";
const agent = "packages/agent/src";
const credentials = "packages/credentials/src";
const dispatcher = "apps/dispatcher/src";
const web = "apps/web/src";

export const plants: Plant[] = [
  breaks("core-imports-no-workspace", `${core}/a.ts`, "../../agent/src/thing.ts"),
  breaks("core-has-no-network", `${core}/b.ts`, "node:http"),
  breaks("core-has-no-network", `${core}/c.ts`, "node:net"),
  breaks("core-needs-only-zod-mini", `${core}/d.ts`, "hono"),
  breaks("core-needs-only-zod-mini", `${core}/e.ts`, "zod"),
  breaks("sandbox-imports-core-only", `${sandbox}/a.ts`, "hono"),
  breaks("sandbox-imports-core-only", `${sandbox}/b.ts`, "../../agent/src/thing.ts"),
  breaks("agent-imports-core-only", `${agent}/a.ts`, "../../../apps/dispatcher/src/thing.ts"),
  breaks("agent-stays-small", `${agent}/b.ts`, "hono"),
  breaks("agent-stays-small", `${agent}/c.ts`, "node:https"),
  breaks("relay-stands-alone", `${agent}/e.ts`, "./relay/thing.ts"),
  breaks("outlet-stands-alone", `${agent}/f.ts`, "./outlet/thing.ts"),
  breaks("relay-needs-only-node", `${agent}/relay/a.ts`, "../../../core/src/thing.ts"),
  breaks("credential-worker-needs-only-node", `${credentials}/a.ts`, "../../core/src/thing.ts"),
  breaks("credential-worker-needs-only-node", `${credentials}/b.ts`, "zod"),
  breaks("one-module-knows-the-acp-sdk", `${agent}/drivers/acp/b.ts`, "./client.ts"),
  breaks("drivers-look-down", `${agent}/drivers/scripted/a.ts`, "../../thing.ts"),
  breaks("dispatcher-never-imports-the-agent", `${dispatcher}/a.ts`, "../../../packages/agent/src/thing.ts"),
  breaks("no-app-to-app-values", `${web}/lib/a.ts`, "../../../dispatcher/src/http/thing.ts"),
  breaks("verbs-know-no-transport", `${dispatcher}/sessions/a.ts`, "hono"),
  breaks("verbs-know-no-transport", `${dispatcher}/worktrees/a.ts`, "../http/thing.ts"),
  breaks("verbs-know-no-transport", `${dispatcher}/supervisor/a.ts`, "../cli/thing.ts"),
  breaks("verbs-know-no-supervisor", `${dispatcher}/sessions/b.ts`, "../supervisor/thing.ts"),
  breaks("http-knows-no-command-line", `${dispatcher}/http/a.ts`, "../cli/thing.ts"),
  breaks("nobody-imports-main", `${dispatcher}/http/b.ts`, "../main.ts"),
  breaks("features-are-neighbours", `${web}/features/sessions/a.ts`, "../jobs/thing.ts"),
  breaks("web-looks-down", `${web}/components/a.ts`, "../app/thing.ts"),
  breaks("components-know-no-feature", `${web}/components/b.ts`, "../features/jobs/thing.ts"),
  breaks("lib-knows-no-component", `${web}/lib/b.ts`, "../components/thing.ts"),
  breaks("testing-only-from-tests", `${core}/f.ts`, "./testing/thing.ts"),
  breaks("testing-only-from-tests", `${agent}/d.ts`, "./thing.test.ts"),
  breaks("no-circular", `${core}/circle-a.ts`, "./circle-b.ts"),
  breaks("no-unresolvable", `${core}/g.ts`, "./not-there.ts"),

  keeps(
    `${core}/ok.ts`,
    `import * as z from "zod/mini";\nimport { readFile } from "node:fs/promises";\nexport { z, readFile };`,
  ),
  keeps(`${agent}/relay/ok.ts`, `import { createServer } from "node:http";\nexport { createServer };`),
  keeps(`${credentials}/ok.ts`, `import { createServer } from "node:http";\nexport { createServer };`),
  keeps(`${core}/ok.test.ts`, `import { thing } from "./testing/thing.ts";\nexport { thing };`),
  keeps(
    `${web}/lib/ok.ts`,
    `import type { thing } from "../../../dispatcher/src/http/thing.ts";\nexport type Thing = typeof thing;`,
  ),
  keeps(
    `${dispatcher}/http/ok.ts`,
    `import { thing } from "../supervisor/thing.ts";\nimport * as hono from "hono";\nexport { thing, hono };`,
  ),
  keeps(`${web}/features/sessions/ok.ts`, `import { thing } from "./thing.ts";\nexport { thing };`),
];

const thing = "export const thing = 1;\n";

/** What the plants import. */
export const soil: Record<string, string> = {
  [`${core}/testing/thing.ts`]: thing,
  [`${core}/circle-b.ts`]: 'export { planted } from "./circle-a.ts";\n',
  [`${core}/thing.ts`]: thing,
  [`${agent}/thing.ts`]: thing,
  [`${agent}/relay/thing.ts`]: thing,
  [`${agent}/outlet/thing.ts`]: thing,
  [`${agent}/thing.test.ts`]: thing,
  [`${agent}/drivers/acp/client.ts`]: thing,
  [`${dispatcher}/thing.ts`]: thing,
  [`${dispatcher}/main.ts`]: thing,
  [`${dispatcher}/http/thing.ts`]: thing,
  [`${dispatcher}/cli/thing.ts`]: thing,
  [`${dispatcher}/supervisor/thing.ts`]: thing,
  [`${web}/app/thing.ts`]: thing,
  [`${web}/features/jobs/thing.ts`]: thing,
  [`${web}/features/sessions/thing.ts`]: thing,
  [`${web}/components/thing.ts`]: thing,
  "node_modules/hono/package.json": '{"name":"hono","main":"index.js"}',
  "node_modules/hono/index.js": "module.exports = {};\n",
  "node_modules/zod/package.json": '{"name":"zod","exports":{".":"./index.js","./mini":"./mini/index.js"}}',
  "node_modules/zod/index.js": "module.exports = {};\n",
  "node_modules/zod/mini/index.js": "module.exports = {};\n",
  "package.json": '{"name":"planted","dependencies":{"hono":"1.0.0","zod":"1.0.0"}}',
};
