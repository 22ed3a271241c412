import { expect, it } from "vitest";
import { networkOf, NetworkWishSchema, readNetwork } from "./network-wish.ts";

it.each([
  ["provider", { network: "provider" }],
  ["host", { network: "host" }],
  ["none", { network: "none" }],
  [
    "Registry.npmjs.org, github.com:22,github.com:22",
    { network: "list", hosts: ["registry.npmjs.org:443", "github.com:22"] },
  ],
  ["10.0.0.7:8080", { network: "list", hosts: ["10.0.0.7:8080"] }],
])("%s", (typed, spec) => {
  expect(networkOf(NetworkWishSchema.parse(readNetwork(typed)))).toEqual(spec);
});

it("says nothing where nothing is asked for", () => expect(networkOf(undefined)).toEqual({}));

it.each(["", "list", "hosts", "*", "a.example,,b.example", "http://x"])("%j is refused", (typed) => {
  const read = NetworkWishSchema.safeParse(readNetwork(typed));
  expect(read.error?.issues[0]?.message).toContain("cannot be listed");
});
