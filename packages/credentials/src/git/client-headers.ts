const DEFAULT_AGENT = "git/2.40";

/** The few headers of a session's git that a remote gets; all others stay here. Pure. */
export function keptHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  more: readonly (readonly [name: string, value: RegExp])[] = [],
): string[] {
  const agent = text(headers["user-agent"]);
  const kept = more.flatMap(([name, value]) => {
    const said = text(headers[name]);
    return said !== undefined && value.test(said) ? [name, said] : [];
  });
  return ["user-agent", agent !== undefined && /^git\/[\w.() -]{1,64}$/.test(agent) ? agent : DEFAULT_AGENT, ...kept];
}

function text(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
