import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { send } from "../../test/api.ts";
import { servePages } from "./pages.ts";
import type { HttpEnv } from "./principal.ts";
import { listen, type Listening } from "./server.ts";

const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const PAGE = "<!doctype html><script>go()</script><p>page</p>";

function writePage(directory: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

async function serve(directory: string) {
  const server = await listen(new Hono<HttpEnv>().get("*", servePages(directory)).fetch, 0);
  open.push(server);
  return (path: string, headers: Record<string, string> = {}) => send(server.port, path, { headers });
}

test("files are served with their type, pages with a policy of their own", async () => {
  await using home = temporaryDirectory();
  writePage(home.path, {
    "index.html": PAGE,
    "404.html": "<p>nothing</p>",
    "_next/static/a-1f.js": "1",
    "icon.svg": "<svg/>",
  });
  const get = await serve(home.path);
  const page = await get("/");
  expect([page.status, page.headers["content-type"], page.text]).toEqual([200, "text/html; charset=utf-8", PAGE]);
  expect(page.headers["content-security-policy"]).toMatch(/script-src 'self' 'sha256-[^']+';/);
  expect(page.headers["cache-control"]).toBe("no-cache");
  const script = await get("/_next/static/a-1f.js");
  expect(script.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  expect(script.headers["cache-control"]).toContain("immutable");
  expect((await get("/icon.svg")).headers["content-type"]).toBe("image/svg+xml");
  const nothing = await get("/nothing/here");
  expect([nothing.status, nothing.text]).toEqual([404, "<p>nothing</p>"]);
});

test("what the browser has already is not sent again", async () => {
  await using home = temporaryDirectory();
  writePage(home.path, { "index.html": PAGE });
  const get = await serve(home.path);
  const etag = String((await get("/")).headers.etag);
  const again = await get("/", { "If-None-Match": etag });
  expect([again.status, again.text]).toEqual([304, ""]);
});

test("one exported page stands for every id", async () => {
  await using home = temporaryDirectory();
  writePage(home.path, {
    "index.html": PAGE,
    "sessions/_.html": "any session",
    "sessions/_.txt": "its data",
    "sessions/new.html": "new",
  });
  const get = await serve(home.path);
  expect((await get("/sessions/k3xabc")).text).toBe("any session");
  expect((await get("/sessions/k3xabc.txt")).text).toBe("its data");
  expect((await get("/sessions/new")).text).toBe("new");
});

test.each([
  "/../secret",
  "/..%2fsecret",
  "/%2e%2e/secret",
  "/..%5csecret",
  "/_next/..%2f..%2fsecret",
  "//secret",
  "/%00",
  "/%ff",
  "/link",
  "/.hidden/../../secret",
])("%s leads nowhere", async (path) => {
  await using home = temporaryDirectory();
  writePage(home.path, { "public/index.html": PAGE, secret: "the secret" });
  symlinkSync(join(home.path, "secret"), join(home.path, "public", "link"));
  const get = await serve(join(home.path, "public"));
  const reply = await get(path);
  expect(reply.text).not.toContain("the secret");
  expect(reply.status).toBe(404);
});

test("a page that is replaced while it is served is served anew, and one that is not built says so", async () => {
  await using home = temporaryDirectory();
  const directory = join(home.path, "public");
  const get = await serve(directory);
  expect((await get("/")).status).toBe(503);
  writePage(directory, { "index.html": "first" });
  expect((await get("/")).text).toBe("first");
  writePage(`${directory}.new`, { "index.html": "second" });
  renameSync(directory, `${directory}.old`);
  expect((await get("/")).text).toBe("first");
  renameSync(`${directory}.new`, directory);
  expect((await get("/")).text).toBe("second");
});
