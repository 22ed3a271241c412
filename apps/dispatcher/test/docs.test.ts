import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BUILT_IN_AGENTS } from "../src/coding-agents/built-in.ts";
import { parseConfig } from "../src/config.ts";
import { BUILT_IN_PROVIDERS } from "../src/providers/built-in.ts";
import { COMMANDS } from "../src/cli/command-map.ts";
import { OPERATIONS } from "../src/http/operations.ts";

const page = (name: string) => readFileSync(join(import.meta.dirname, "../../../docs", name), "utf8");

test("docs/http-api.md lists every route, and no other", () => {
  const listed = Array.from(page("http-api.md").matchAll(/^\| `([A-Z]+ \/api\/[^`]*)`/gm), (match) => match[1] ?? "");
  const routes = Object.values(OPERATIONS).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(listed.toSorted()).toEqual(routes.toSorted());
});

test("docs/http-api.md marks what a session may read", () => {
  const marked = Array.from(
    page("http-api.md").matchAll(/^\| `([A-Z]+ \/api\/[^`]*)` .*_\(session\)_/gm),
    (match) => match[1],
  );
  const open = Object.values(OPERATIONS).filter(({ roles }) => (roles as readonly string[]).includes("session"));
  const routes = open.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(new Set(marked)).toEqual(new Set(routes));
});

test("docs/command-line.md lists every command, and no other", () => {
  const listed = Array.from(page("command-line.md").matchAll(/^\| `harness ([\w-]+)/gm), (match) => match[1] ?? "");
  expect(listed).toEqual(Object.keys(COMMANDS));
});

test("docs/configuration.md lists what is built in, and its example is understood", () => {
  const text = page("configuration.md");
  const rows = Array.from(text.matchAll(/^\| `[^|]*(?:\|[^|\n]*)+\|$/gm), ([row]) =>
    Array.from(row.matchAll(/`([^`]+)`/g), (match) => match[1]),
  );
  for (const [name, { driver, wires }] of Object.entries(BUILT_IN_AGENTS)) {
    const row = rows.find(([first]) => first === name);
    expect(row?.slice(0, 2 + (wires?.length ?? 0))).toEqual([name, driver, ...(wires ?? [])]);
  }
  for (const [name, { wire, baseUrl, keyEnv }] of Object.entries(BUILT_IN_PROVIDERS))
    expect(rows).toContainEqual([name, wire, baseUrl, keyEnv]);
  const example = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? "";
  expect(parseConfig(example)).toMatchObject({ defaults: { agent: "pi" }, agents: { pi: { turnLimitMs: 3_600_000 } } });
});
