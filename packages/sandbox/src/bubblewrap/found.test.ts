import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireTool, temporaryDirectory } from "@harness/core/testing";
import { expect, it } from "vitest";
import { startWrapped } from "../start-wrapped.ts";
import { createBubblewrap } from "./bubblewrap.ts";
import type { Features } from "./features.ts";
import { tellFound } from "./found.ts";

const policy = { directory: "/tmp", environment: { PATH: "/usr/bin:/bin" }, network: "none" } as const;

it.runIf(requireTool("bwrap"))(
  "what another process has found starts nothing more, as long as it is of the same copy",
  async () => {
    const probe = await createBubblewrap().probe();
    if (!probe.works) throw new Error(probe.why);
    await using place = temporaryDirectory();
    const [copy, log] = [join(place.path, "bwrap"), join(place.path, "log")];
    writeFileSync(copy, `#!/bin/sh\necho started >> '${log}'\nexec bwrap "$@"\n`, { mode: 0o755 });
    const told = JSON.parse(probe.found ?? "") as { features: Features };
    const system = told.features.program;
    const found = tellFound({ ...told.features, program: copy });
    const sandbox = createBubblewrap({ found });
    expect(await sandbox.probe()).toMatchObject({ works: true, gaps: probe.gaps, found });
    expect(existsSync(log)).toBe(false);
    const child = startWrapped(await sandbox.wrap(["true"], policy), { stdio: ["ignore", "ignore", "inherit"] });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    expect(readFileSync(log, "utf8")).toBe("started\n");

    appendFileSync(copy, "# another one\n");
    for (const old of [found, "no words of ours", "{}"]) {
      const wrapped = await createBubblewrap({ found: old }).wrap(["true"], policy);
      wrapped.close();
      expect(wrapped.command[0]).toBe(system);
    }
  },
);
