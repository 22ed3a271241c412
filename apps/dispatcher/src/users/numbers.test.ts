import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { knownAccounts } from "./known-accounts.ts";
import { openNumbers } from "./numbers.ts";

const range = { first: 1_950_000_000, last: 1_950_000_999 };

test("a number is given once, to whoever asks, over every restart", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  mkdirSync(root.run.path);
  const numbers = openNumbers(root, range);
  const given = await Promise.all(Array.from({ length: 40 }, () => numbers.next()));
  expect(given).toEqual(given.map((_, index) => range.first + index));
  const again = openNumbers(root, range);
  const later = await again.next();
  expect(later).toBeGreaterThan(given.at(-1)!);
  expect([range.first - 1, range.first, later, range.last].map(again.wasGiven)).toEqual([false, true, true, false]);
});

test("another range, or a lost note, begins anew, and knows nothing of what was before", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  mkdirSync(root.run.path);
  const before = await openNumbers(root, range).next();
  const elsewhere = { first: 1_960_000_000, last: 1_969_999_999 };
  const other = openNumbers(root, elsewhere);
  const next = await other.next();
  expect(next).toBeGreaterThanOrEqual(elsewhere.first);
  expect([other.wasGiven(before), other.wasGiven(next)]).toEqual([false, true]);
  rmSync(join(root.run.path, "users.json"));
  expect(openNumbers(root, elsewhere).wasGiven(next)).toBe(false);
});

test("once all are given there is none for another session", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  mkdirSync(root.run.path);
  const numbers = openNumbers(root, { first: range.last, last: range.last });
  expect(await numbers.next()).toBe(range.last);
  await expect(numbers.next()).rejects.toMatchObject({ code: "users-spent" });
});

test("whom a directory service has is passed over, a whole batch of them as well", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  mkdirSync(root.run.path);
  const program = join(directory.path, "getent");
  // Users up to the 20th number, and the 22nd as a group. As getent does, it fails where one is not there.
  const script = `#!/bin/sh
book=$1; shift
for id; do
  case $book in passwd) test $id -lt $((${range.first} + 20));; *) test $id = $((${range.first} + 21));; esac && echo "x:*:$id:"
done
exit 2
`;
  writeFileSync(program, script, { mode: 0o755 });
  const numbers = openNumbers(root, range, (ids) => knownAccounts(ids, program));
  expect([await numbers.next(), await numbers.next()]).toEqual([range.first + 20, range.first + 22]);
  // Given here, a group of the service, nobody's, and outside of the range.
  const ids = [range.first + 20, range.first + 21, range.last, range.last + 1];
  expect(await Promise.all(ids.map((id) => numbers.isNobodys(id)))).toEqual([true, false, true, false]);
});

test("where nothing can be asked, nobody is known", async () => {
  expect(await knownAccounts([range.first], "/nowhere/getent")).toEqual([]);
});
