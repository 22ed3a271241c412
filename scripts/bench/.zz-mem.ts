import { measureMemory } from "/work/main/scripts/bench/memory.ts";
import { mkdtempSync } from "node:fs";
console.table(
  (await measureMemory(mkdtempSync("/root/bench-"))).map((f) => ({
    name: f.name,
    value: f.value,
    against: f.against.value,
    ratio: f.value / f.against.value,
    limit: f.limit,
  })),
);
