import { ERROR_CODES, ERROR_KINDS } from "../../packages/core/src/error-codes.ts";

/** docs/reference/errors.md: every code with what it means to a program and what a person does. */
export function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, { kind, title, hint }]) => {
    const { status, exitCode } = ERROR_KINDS[kind];
    return `| \`${code}\` | ${title} | ${kind} | ${status} | ${exitCode} | ${hint.replaceAll("|", "\\|")} |`;
  });
  return `# Errors

A code is permanent. The kind decides the HTTP status and the exit code; \`limit\` and \`unavailable\` are worth a retry.

| code | means | kind | HTTP | exit | what to do |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
