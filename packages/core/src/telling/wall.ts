/** How a person is told of a sandbox that promises less than it seems to; null of one that keeps what it promises. */
export function wallMark(sandbox: string | undefined): "no sandbox" | "sandbox not tested" | null {
  if (sandbox === "none") return "no sandbox";
  return sandbox === "seatbelt" ? "sandbox not tested" : null;
}
