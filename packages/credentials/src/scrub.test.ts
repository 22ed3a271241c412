import { expect, test } from "vitest";
import { createScrubber, scrubText } from "./scrub.ts";
import { secretForms } from "./secret-forms.ts";

const SECRET = "sk-a/b+c=0123456789";
const forms = secretForms(SECRET);

test("however a stream is cut, no form of the secret passes and nothing else is changed", () => {
  for (const form of forms) {
    const text = `before ${form.toString()} between s sk- ${form.toString()} after`;
    const masked = text.replaceAll(form.toString(), "*".repeat(form.length));
    for (let size = 1; size < text.length; size += 1) {
      const scrubber = createScrubber(forms);
      let passed = "";
      for (let at = 0; at < text.length; at += size)
        passed += scrubber.read(Buffer.from(text.slice(at, at + size))).toString();
      expect(passed + scrubber.end().toString()).toBe(masked);
    }
  }
});

test("the end of an event waits for nothing", () => {
  const scrubber = createScrubber(forms);
  expect(scrubber.read(Buffer.from("data: words\n\n")).toString()).toBe("data: words\n\n");
});

test("base64 is found wherever in the encoded text the secret begins", () => {
  for (const pad of [0, 1, 2, 3, 4, 5])
    for (const coding of ["base64", "base64url"] as const) {
      const encoded = Buffer.from(`${"p".repeat(pad)}${SECRET}and more`).toString(coding);
      const masked = scrubText(encoded, forms);
      expect(masked.length).toBe(encoded.length);
      expect(Buffer.from(masked.replaceAll("*", "A"), coding).toString("latin1")).not.toContain("0123456");
    }
});

test("a secret that is too short to be told from anything else is not looked for", () => {
  expect(secretForms("none")).toEqual([]);
});
