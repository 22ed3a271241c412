import { parseListedHost } from "@harness/sandbox";
import { describe, expect, it } from "vitest";
import { admitTarget } from "./admit-target.ts";

const hosts = ["registry.npmjs.org", "xn--bcher-kva.example:8443", "10.0.0.7:8080", "[fd00::7]:443"].map(
  parseListedHost,
);
const ask = (target: string, rawHeaders: string[] = [], method = "CONNECT") =>
  admitTarget(hosts, { method, target, rawHeaders });

describe("is let through, to what the list says", () => {
  it.each<[string, string[], string]>([
    ["registry.npmjs.org:443", [], "registry.npmjs.org:443"],
    ["Registry.NPMjs.org:443", ["Host", "registry.npmjs.org:443"], "registry.npmjs.org:443"],
    ["registry.npmjs.org:443", ["host", "registry.npmjs.org"], "registry.npmjs.org:443"],
    ["xn--bcher-kva.example:8443", ["Proxy-Connection", "keep-alive"], "xn--bcher-kva.example:8443"],
    ["10.0.0.7:8080", [], "10.0.0.7:8080"],
    ["[fd00::7]:443", ["Host", "[fd00::7]:443"], "[fd00::7]:443"],
  ])("%s %j", (target, headers, name) => {
    expect(ask(target, headers)).toMatchObject({ admitted: true, host: { name } });
  });
});

describe("is refused", () => {
  it.each<[string, string[], string]>([
    // Not on the list, however it is written.
    ["example.com:443", [], "CONNECT"],
    ["registry.npmjs.org:80", [], "CONNECT"],
    ["registry.npmjs.org", [], "CONNECT"],
    ["registry.npmjs.org:0443", [], "CONNECT"],
    ["registry.npmjs.org:443.", [], "CONNECT"],
    ["registry.npmjs.org.:443", [], "CONNECT"],
    ["evil.registry.npmjs.org:443", [], "CONNECT"],
    ["registry.npmjs.org.evil.com:443", [], "CONNECT"],
    ["registry.npmjs.org:443\0.evil.com:443", [], "CONNECT"],
    ["registry.npmjs.org%00.evil.com:443", [], "CONNECT"],
    ["registry.npmjs.org%2eevil.com:443", [], "CONNECT"],
    ["registry.npmjs.org:443@evil.com:443", [], "CONNECT"],
    ["evil.com:443@registry.npmjs.org:443", [], "CONNECT"],
    ["user:secret@registry.npmjs.org:443", [], "CONNECT"],
    ["registry.npmjs.org:443#@evil.com", [], "CONNECT"],
    ["http://registry.npmjs.org:443", [], "CONNECT"],
    ["//registry.npmjs.org:443", [], "CONNECT"],
    ["registry.npmjs.org:443/path", [], "CONNECT"],
    ["bücher.example:8443", [], "CONNECT"],
    // The same address in other words.
    ["10.0.0.07:8080", [], "CONNECT"],
    ["012.0.0.7:8080", [], "CONNECT"],
    ["0x0a.0.0.7:8080", [], "CONNECT"],
    ["167772167:8080", [], "CONNECT"],
    ["10.7:8080", [], "CONNECT"],
    ["[::ffff:10.0.0.7]:8080", [], "CONNECT"],
    ["[fd00:0:0:0:0:0:0:7]:443", [], "CONNECT"],
    ["fd00::7:443", [], "CONNECT"],
    ["[fd00::7%25lo]:443", [], "CONNECT"],
    // Something to read a second time.
    ["registry.npmjs.org:443", ["Host", "evil.com:443"], "CONNECT"],
    ["registry.npmjs.org:443", ["Host", "registry.npmjs.org:443", "host", "evil.com"], "CONNECT"],
    ["registry.npmjs.org:443", ["Host", ""], "CONNECT"],
    ["registry.npmjs.org:443", ["Content-Length", "10"], "CONNECT"],
    ["registry.npmjs.org:443", ["Transfer-Encoding", "chunked"], "CONNECT"],
    // A proxy for anything else.
    ["http://registry.npmjs.org/", ["Host", "registry.npmjs.org"], "GET"],
    ["registry.npmjs.org:443", [], "GET"],
    ["/", ["Host", "registry.npmjs.org"], "POST"],
    ["registry.npmjs.org:443", [], "connect"],
  ])("%j %j %s", (target, headers, method) => {
    expect(ask(target, headers, method)).toMatchObject({ admitted: false });
  });
});
