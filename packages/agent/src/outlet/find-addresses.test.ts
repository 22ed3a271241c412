import type { NetworkInterfaceInfo } from "node:os";
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

/** A machine with public addresses, and one that it has in no other way than as IPv6. */
const here = () => ({
  lo: [at("127.0.0.1", "IPv4"), at("::1", "IPv6")],
  eth0: [at("1.0.0.7", "IPv4"), at("2a00:1450:0:0:0:0:0:7", "IPv6"), at("fe80::1", "IPv6")],
  tun0: [at("::ffff:1.0.0.8", "IPv6")],
});
const at = (address: string, family: "IPv4" | "IPv6") =>
  ({ address, family, netmask: "", mac: "", internal: false, cidr: null, scopeid: 0 }) as NetworkInterfaceInfo;

it.each(["1.0.0.7", "2a00:1450::7", "2A00:1450:0::0:7", "1.0.0.8"])(
  "takes a name that leads to this machine's own %s nowhere",
  async (address) => {
    const found = findAddresses(parseListedHost("example.com"), leadsTo("1.1.1.1", address), here);
    await expect(found).rejects.toThrow(`${address}, which is this machine`);
  },
);

it("takes a name to the machine's neighbours", async () => {
  const found = await findAddresses(parseListedHost("example.com"), leadsTo("1.0.0.6", "2a00:1450::8"), here);
  expect(found.map(({ address }) => address)).toEqual(["1.0.0.6", "2a00:1450::8"]);
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
