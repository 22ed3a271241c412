/** Whether an address is of the page's own build. */
export function isOwnScript(address: string, page: string): boolean {
  const [script, own] = [new URL(address, page), new URL(page)];
  return script.origin === own.origin && script.pathname.startsWith("/_next/static/");
}
