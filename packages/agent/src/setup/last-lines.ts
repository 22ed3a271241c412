const LINES = 10;
const WIDTH = 300;

/** The last lines with anything in them, without control characters, cut. */
export function lastLines(text: string): string[] {
  const lines = text.split(/[\r\n]+/).map((line) =>
    // eslint-disable-next-line no-control-regex
    line.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "").trimEnd(),
  );
  return lines
    .filter((line) => line !== "")
    .slice(-LINES)
    .map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH)} …`.toWellFormed() : line.toWellFormed()));
}
