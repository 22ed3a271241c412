import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { contentSecurityPolicy } from "./content-security-policy.ts";

const hashOf = (script: string) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

test("every inline script of the page is allowed by its hash, and only those", () => {
  const policy = contentSecurityPolicy(
    `<script src="/a.js" async></script><script>one()</script><SCRIPT id="x">two("é")\n</SCRIPT><script></script>`,
  );
  expect(policy).toContain(`script-src 'self' ${hashOf("one()")} ${hashOf('two("é")\n')};`);
});

test("the policy loads nothing from anywhere else and cannot be framed", () => {
  const policy = contentSecurityPolicy("<p>no script</p>");
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toMatch(/require-trusted-types-for 'script'; trusted-types default$/);
  expect(policy).not.toMatch(/unsafe-|\*|https?:/);
});
