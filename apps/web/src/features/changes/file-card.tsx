import { Chip } from "../../components/ui/chip.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { plural } from "../../lib/format.ts";
import type { FileDiff, SessionDetail } from "../../lib/shapes.ts";
import { FileLines } from "./file-lines.tsx";
import { lackOf, marksOf } from "./file-words.ts";
import { linesOf } from "./fold.ts";
import { LineCounts } from "./line-counts.tsx";

interface FileCardProps {
  session: SessionDetail;
  file: FileDiff;
  index: number;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
}

const NAME = 300;
const UNCOMMITTED = { modified: "not committed", untracked: "untracked" };

/** One changed file: what it is called, what happened to it, and its lines. */
export function FileCard({ session, file, index, isOpen, onToggle }: FileCardProps) {
  const lack = lackOf(file);
  const count = linesOf(file);
  const names = [file.path, file.from ?? ""].filter((name) => name.length > NAME);
  return (
    <article id={`file-${index}`} className="overflow-clip rounded-xl border border-line bg-sheet">
      <h3 className="sticky top-0 z-10 bg-sheet text-[0.8125rem]">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => onToggle(!isOpen)}
          className="flex w-full scroll-mt-2 flex-wrap items-baseline gap-x-3 gap-y-1 rounded-xl px-4 py-2.5 text-left -outline-offset-2"
        >
          <Arrow isOpen={isOpen} />
          <span className="min-w-0 flex-1 basis-48 font-mono font-semibold wrap-anywhere">
            <PlainText limit={NAME} isBrief>
              {file.path}
            </PlainText>
            {file.from !== null && (
              <span className="font-normal text-soft">
                {" "}
                from{" "}
                <PlainText limit={NAME} isBrief>
                  {file.from}
                </PlainText>
              </span>
            )}
          </span>
          <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            {file.uncommitted !== null && <Chip look="call">{UNCOMMITTED[file.uncommitted]}</Chip>}
            {file.hidden && <Chip look="mark">hidden characters</Chip>}
            {marksOf(file).map((mark) => (
              <Chip key={mark}>{mark}</Chip>
            ))}
            <LineCounts added={file.added} removed={file.removed} />
          </span>
        </button>
      </h3>
      {isOpen && names.map((name) => <WholeName key={name}>{name}</WholeName>)}
      {isOpen && count > 0 && <FileLines session={session} file={file} />}
      {isOpen && lack !== "" && <p className="border-t border-line px-4 py-2.5 text-sm text-soft">{lack}</p>}
      {!isOpen && count > 0 && <p className="sr-only">{plural(count, "line")} folded away</p>}
    </article>
  );
}

/** What does not fit into the line that opens and closes the file, which can hold no button of its own. */
function WholeName({ children }: { children: string }) {
  return (
    <p className="border-t border-line px-4 py-2.5 font-mono text-[0.8125rem] wrap-anywhere">
      <PlainText limit={NAME}>{children}</PlainText>
    </p>
  );
}

function Arrow({ isOpen }: { isOpen: boolean }) {
  return (
    <svg viewBox="0 0 10 10" className="size-2.5 shrink-0 fill-none stroke-soft" aria-hidden="true">
      <path
        d={isOpen ? "M1.5 3.500 5 7l3.500-3.500" : "M3.500 1.500 7 5 3.500 8.500"}
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
