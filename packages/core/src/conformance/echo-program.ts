/**
 * The coding agent of the kit: says what it was told. A prompt that holds `slow:<ms>` is answered after that time. It is
 * started as a `command` agent: prompt on standard input, reply on standard output.
 */
export const ECHO_PROGRAM = `
let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
  const slow = /slow:([0-9]+)/.exec(text);
  setTimeout(() => process.stdout.write("echo: " + text), slow ? Number(slow[1]) : 0);
});
`;

/** What the reply to a prompt holds. */
export function echoOf(text: string): string {
  return `echo: ${text}`;
}
