import { z } from "zod";

export interface PortRange {
  from: number;
  to: number;
}

// Below the ports that Linux gives to outgoing connections.
export const PORTS: PortRange = { from: 21_000, to: 24_999 };

/** `21000-24999`. */
export const PortRangeSchema = z.string().transform((text, context): PortRange => {
  const [, from, to] = /^([0-9]{4,5})-([0-9]{4,5})$/.exec(text) ?? [];
  const range = { from: Number(from), to: Number(to) };
  if (range.from >= 1024 && range.from <= range.to && range.to <= 65_535) return range;
  context.addIssue({ code: "custom", message: "This is no range of ports: write 21000-24999, from 1024 up." });
  return z.NEVER;
});
