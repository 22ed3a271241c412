// Next runs this before anything else of a page.
import { isOwnScript } from "./lib/own-script.ts";

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string | null }): unknown;
}

// The policy of every page asks for trusted types: a text becomes a script's address only here. What Next loads when somebody
// goes to another page is of the build; for anything else, and for a text that would become a script or markup, there is no rule.
const { trustedTypes } = globalThis as { trustedTypes?: Factory };
trustedTypes?.createPolicy("default", {
  createScriptURL: (address) => (isOwnScript(address, location.href) ? address : null),
});
