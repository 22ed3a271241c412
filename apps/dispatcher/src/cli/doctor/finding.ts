/** What doctor found out about one thing. `broken` alone means that Harness cannot work. */
export interface Finding {
  name: string;
  state: "ok" | "weak" | "broken" | "not tested";
  text: string;
  /** How to mend it. */
  hint?: string;
}

export const ok = (name: string, text: string): Finding => ({ name, state: "ok", text });
export const weak = (name: string, text: string, hint: string): Finding => ({ name, state: "weak", text, hint });
export const broken = (name: string, text: string, hint: string): Finding => ({ name, state: "broken", text, hint });
export const notTested = (name: string, text: string): Finding => ({ name, state: "not tested", text });
