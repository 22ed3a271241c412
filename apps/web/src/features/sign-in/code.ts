/** The one-time code in an address's fragment (`#code=…`), which a browser sends to no server. */
export function codeIn(fragment: string): string | undefined {
  const code = new URLSearchParams(fragment.replace(/^#/, "")).get("code");
  return code === null || code === "" ? undefined : code;
}

/** Takes the code out of the address and out of the history. */
export function takeCode(): string | undefined {
  const { hash, pathname, search } = window.location;
  const code = codeIn(hash);
  if (code !== undefined) window.history.replaceState(window.history.state, "", pathname + search);
  return code;
}
