import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { formatUsers, ID_RANGE, isMapped, parseAccounts } from "./id-range.ts";

test("config.yaml names a range, or whether there are users of their own at all", () => {
  expect(parseConfig("").users).toBe("auto");
  expect(parseConfig("users: one").users).toBe("one");
  const named = parseConfig("users: 30000-39999").users;
  expect(named).toEqual({ first: 30_000, last: 39_999 });
  expect([formatUsers(named), formatUsers("auto")]).toEqual(["30000-39999", "auto"]);
});

test.each(["users: two", "users: 0-9999", "users: 40000-30000", "users: 30000-30010", "users: 4294967000-4294969999"])(
  "%s is refused",
  (text) => {
    expect(() => parseConfig(text)).toThrow(/config\.yaml, line 1: users: Write auto, one, or a range/);
  },
);

test("a range is there only if one line of the map holds all of it", () => {
  expect(isMapped(ID_RANGE, "         0          0 4294967295\n")).toBe(true);
  expect(isMapped(ID_RANGE, "0 1000 1\n1 100000 65536\n")).toBe(false);
  expect(isMapped({ first: 30_000, last: 39_999 }, "0 1000 1\n1 100000 65536\n")).toBe(true);
  expect(isMapped({ first: 30_000, last: 70_000 }, "0 1000 1\n1 100000 65536\n65537 0 65536\n")).toBe(false);
});

test("the numbers of accounts are read, and nothing that is none", () => {
  expect(parseAccounts("root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/:/bin/sh\n+::::::\n\n")).toEqual([0, 1000]);
});
