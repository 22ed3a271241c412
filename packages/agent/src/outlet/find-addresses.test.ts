import { parseListedHost } from "@harness/sandbox";
import { expect, it } from "vitest";
import { findAddresses } from "./find-addresses.ts";

const leadsTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

it("takes a name to where it leads on the public network, and looks once", async () => {
  let looks = 0;
  const lookup = async () => ((looks += 1), [{ address: "1.1.1.1", family: 4 }]);
  expect(await findAddresses(parseListedHost("example.com"), lookup)).toEqual([{ address: "1.1.1.1", family: 4 }]);
  expect(looks).toBe(1);
});

it.each([
  [["127.0.0.1"], "127.0.0.1"],
  [["1.1.1.1", "10.0.0.1"], "10.0.0.1"],
  [["1.1.1.1", "::1"], "::1"],
  [["169.254.169.254"], "169.254.169.254"],
  [["::ffff:169.254.169.254"], "::ffff:169.254.169.254"],
])("takes a name that leads to %j nowhere", async (addresses, named) => {
  await expect(findAddresses(parseListedHost("example.com"), leadsTo(...addresses))).rejects.toThrow(named);
});

it("takes a name that leads nowhere nowhere", async () => {
  await expect(findAddresses(parseListedHost("example.com"), leadsTo())).rejects.toThrow("leads nowhere");
});

it("takes an address of the list as it stands, without asking anybody", async () => {
  const never = async () => {
    throw new Error("somebody was asked");
  };
  expect(await findAddresses(parseListedHost("127.0.0.1:5432"), never)).toEqual([{ address: "127.0.0.1", family: 4 }]);
  expect(await findAddresses(parseListedHost("[::1]:5432"), never)).toEqual([{ address: "::1", family: 6 }]);
});
