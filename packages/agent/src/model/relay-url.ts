/** Where a coding agent finds the relay, below its prefix, for what lies at the endpoint's own path. Pure. */
export function relayUrl(place: { readonly prefix: string; readonly host: string }, path: string): string {
  return `http://${place.host}/${place.prefix}${path}`;
}
