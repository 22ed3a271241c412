import Link from "next/link";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { lastSegment } from "../../lib/format.ts";
import { visible } from "../../lib/visible-text.ts";

/** Which repository's merges are shown; the choice is in the address. */
export function RepositoryChoice({ repositories, only }: { repositories: readonly string[]; only: string | null }) {
  if (repositories.length < 2 && only === null) return null;
  return (
    <nav aria-label="Repositories" className="mt-4 flex flex-wrap gap-2 text-sm">
      {[null, ...repositories].map((repository) => (
        <Link
          key={repository ?? ""}
          href={repository === null ? "/merges" : `/merges?${new URLSearchParams({ repository }).toString()}`}
          title={repository === null ? undefined : visible(repository)}
          aria-current={repository === only ? "true" : undefined}
          className="flex min-h-9 items-center rounded-full border border-line bg-sheet px-3.5 hover:border-faint aria-[current]:border-ink aria-[current]:ring-1 aria-[current]:ring-ink pointer-coarse:min-h-11"
        >
          {repository === null ? (
            "All repositories"
          ) : (
            <PlainText limit={80} isBrief>
              {lastSegment(repository)}
            </PlainText>
          )}
        </Link>
      ))}
    </nav>
  );
}
