import { Chip } from "../../components/ui/chip.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { plural } from "../../lib/format.ts";
import type { MergeItem } from "../../lib/shapes.ts";

type Findings = NonNullable<MergeItem["findings"]>;

/** What a merge brings that may later run on the machine of whoever takes it, or that hides from a reader. */
export function RiskList({ findings: { list, more } }: { findings: Findings }) {
  const count = list.length + more;
  return (
    <section aria-label="Findings">
      <h3 className="font-semibold text-call">{plural(count, "finding")}</h3>
      <p className="text-sm text-soft">What may later run on this machine, or hides from a reader.</p>
      <ul className="mt-2 divide-y divide-call-line rounded-lg border border-call-line bg-call-wash text-sm">
        {list.map(({ kind, path, commit, what }, index) => (
          <li key={index} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2">
            <Chip look="call">{kind}</Chip>
            <span className="min-w-0 flex-1 basis-56">
              <span className="font-mono text-[0.8125rem] wrap-anywhere">
                <PlainText limit={300}>{path ?? `commit ${(commit ?? "").slice(0, 10)}`}</PlainText>
              </span>
              <span className="block text-soft">
                <PlainText limit={400}>{what}</PlainText>
              </span>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-1 text-sm font-medium text-call">And {more} more, which are not listed.</p>}
    </section>
  );
}
