import { expect, it } from "vitest";
import { bubblewrapArguments, type Arguments } from "./arguments.ts";

const wanted: Arguments = {
  features: { program: "bwrap", size: true, disableUserns: true, bindFd: true },
  network: "none",
  directory: "/tmp",
  system: [],
  leaves: [],
  files: [],
  filter: 3,
  hidden: {},
  readsAll: true,
};

it("gives what reads every file its capability behind a filter, and nowhere else", () => {
  const filtered = bubblewrapArguments(wanted);
  expect(filtered).toContain("CAP_DAC_READ_SEARCH");
  expect(filtered).not.toContain("--unshare-user");
  const bare = bubblewrapArguments({ ...wanted, filter: null });
  expect(bare).not.toContain("CAP_DAC_READ_SEARCH");
  expect(bare).toContain("--unshare-user");
  expect(bare).toContain("--disable-userns");
});
