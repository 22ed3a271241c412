import { describe, expect, it } from "vitest";
import { parseListedHost } from "./listed-host.ts";

it.each([
  ["registry.npmjs.org", { name: "registry.npmjs.org:443", host: "registry.npmjs.org", port: 443, literal: false }],
  ["GitHub.com:22", { name: "github.com:22", host: "github.com", port: 22, literal: false }],
  ["xn--bcher-kva.example:8443", { name: "xn--bcher-kva.example:8443", port: 8443, literal: false }],
  ["intranet:80", { name: "intranet:80", host: "intranet", port: 80, literal: false }],
  ["127.0.0.1:5432", { name: "127.0.0.1:5432", host: "127.0.0.1", port: 5432, literal: true }],
  ["[FD00:0::7]:80", { name: "[fd00::7]:80", host: "fd00::7", port: 80, literal: true }],
])("%s", (text, expected) => expect(parseListedHost(text)).toMatchObject(expected));

describe("is refused", () => {
  it.each([
    "",
    ":443",
    "*",
    "*.example.com",
    "example.com.",
    "example.com:",
    "example.com:0",
    "example.com:080",
    "example.com:65536",
    "example.com:443:443",
    "https://example.com",
    "example.com/path",
    "user@example.com",
    "user:secret@example.com:443",
    "exa mple.com",
    "example.com\0.evil.com",
    "example.com%00.evil.com",
    "bücher.example",
    "-example.com",
    "example-.com",
    "a..b",
    `${"a".repeat(64)}.com`,
    "list",
    "provder",
    "localhost",
    "app.localhost:3000",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "256.0.0.1",
    "::1",
    "[::1",
    "[::1]x",
    "[fe80::1%25eth0]:80",
    "[::ffff:127.0.0.1]:80",
    "[127.0.0.1]:80",
  ])("%j", (text) => {
    expect(() => parseListedHost(text)).toThrow(expect.objectContaining({ code: "network-host-invalid" }));
  });
});
