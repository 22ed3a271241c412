import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { send } from "../../test/api.ts";
import { runDispatcher, temporaryRoot } from "../supervisor/testing/dispatchers.ts";

test.each(["", "\n", "short"])(
  "a token file that holds %j opens nothing: another token takes its place",
  async (kept) => {
    await using place = temporaryRoot();
    const { run } = place.root;
    mkdirSync(run.path, { recursive: true });
    writeFileSync(run.token, kept, { mode: 0o600 });
    await using dispatcher = await runDispatcher(place.root);
    const ask = async (authorization: string) =>
      (await send(dispatcher.port, "/api/sessions", { headers: { Authorization: authorization } })).status;
    expect(await ask("Bearer")).toBe(401);
    expect(await ask(`Bearer ${kept.trim()}`)).toBe(401);
    const token = readFileSync(run.token, "utf8").trim();
    expect(await ask(`Bearer ${token}`)).toBe(200);
    expect(statSync(run.token).mode & 0o777).toBe(0o600);
  },
);
