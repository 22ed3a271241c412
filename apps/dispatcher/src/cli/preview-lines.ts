import type { Preview } from "../merges/preview.ts";

/** What a merge would come to, and how to merge exactly that. */
export function previewLines(preview: Preview): string[] {
  const { session, into, tip, target, base, policy, outcome, files, findings, gate } = preview;
  const ending = {
    clean: `merges cleanly into ${into}`,
    conflict: `conflicts with ${into}`,
    nothing: `has nothing that ${into} does not have`,
  };
  const found = findings?.list ?? [];
  return [
    `${session} ${ending[outcome]}.`,
    `commit  ${tip}`,
    `target  ${target}`,
    `base    ${base ?? "-"}`,
    `policy  ${policy}`,
    `gate    ${gate === null ? "-" : gate.join(" ")}`,
    ...files.map((file) => `conflict: ${oneLine(file)}`),
    ...found.map(
      ({ kind, path, commit, what }) => `${kind}: ${path === null ? `commit ${commit ?? ""}` : oneLine(path)}: ${what}`,
    ),
    ...((findings?.more ?? 0) > 0 ? [`and ${findings?.more} more`] : []),
    ...(outcome === "clean" ? [`Merge exactly this: ${commandOf(preview, found.length > 0)}`] : []),
  ];
}

function commandOf({ session, tip, target, policy }: Preview, risky: boolean): string {
  const words = [`harness merge ${session} --expect ${tip} --expect-target ${target} --expect-policy ${policy}`];
  return [...words, ...(risky ? [`--allow-risky ${tip}`] : [])].join(" ");
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");
