import { PlainText } from "../../components/ui/plain-text.tsx";
import { plural } from "../../lib/format.ts";
import type { FileDiff } from "../../lib/shapes.ts";
import { LineCounts } from "./line-counts.tsx";

interface FileListProps {
  files: readonly FileDiff[];
  onGo: (index: number) => void;
}

/** The way to each file. Beside the diff where there is room, folded above it where there is not. */
export function FileList({ files, onGo }: FileListProps) {
  const list = (
    <ul className="text-[0.8125rem]">
      {files.map((file, index) => (
        <li key={index}>
          <button
            type="button"
            onClick={() => onGo(index)}
            className="flex w-full items-baseline gap-2 rounded px-2 py-1 text-left hover:bg-sheet pointer-coarse:py-2.5"
          >
            <Mark uncommitted={file.uncommitted} />
            <span className="min-w-0 flex-1 font-mono wrap-anywhere">
              <PlainText limit={160} isBrief>
                {file.path}
              </PlainText>
            </span>
            <LineCounts added={file.added} removed={file.removed} />
          </button>
        </li>
      ))}
    </ul>
  );
  return (
    <nav aria-label="Changed files" className="min-w-0">
      <div className="-ml-2 hidden lg:sticky lg:top-4 lg:block lg:max-h-[calc(100dvh-8rem)] lg:overflow-y-auto">
        {list}
      </div>
      <details className="rounded-xl border border-line lg:hidden">
        <summary className="cursor-pointer rounded-xl px-4 py-2.5 text-sm">{plural(files.length, "file")}</summary>
        <div className="max-h-80 overflow-y-auto px-2 pb-3">{list}</div>
      </details>
    </nav>
  );
}

/** A ring for what is in no commit, a dot for what is. */
function Mark({ uncommitted }: Pick<FileDiff, "uncommitted">) {
  const look = uncommitted === null ? "bg-soft border-soft" : "border-call";
  return (
    <span className={`size-2 shrink-0 self-center rounded-full border-2 ${look}`}>
      <span className="sr-only">{uncommitted === null ? "committed" : "not committed"}: </span>
    </span>
  );
}
