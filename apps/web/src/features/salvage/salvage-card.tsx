import { Chip } from "../../components/ui/chip.tsx";
import { Fact, Facts } from "../../components/ui/facts.tsx";
import { FileNames } from "../../components/ui/file-names.tsx";
import { Elapsed } from "../../components/ui/elapsed.tsx";
import { Oid } from "../../components/ui/oid.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import type { ToldSalvage } from "../../lib/shapes.ts";
import { firstLine } from "../../lib/visible-text.ts";
import { KeptFiles } from "./kept-files.tsx";
import { RestoreForm } from "./restore-form.tsx";
import { byteSize, contentsOf, whyKept } from "./words.ts";

/** What is kept of one session. */
export function SalvageCard({ kept }: { kept: ToldSalvage }) {
  const { session, name, task, at, branch, repository, commit, moved, bytes, expiresAt, trash, problem } = kept;
  return (
    <li data-salvage={session} className="rounded-xl border border-line bg-sheet px-4 py-4 sm:px-5">
      <h2 className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="font-semibold wrap-anywhere">
          <PlainText limit={64}>{name ?? session}</PlainText>
        </span>
        <Chip look={problem === null ? "plain" : "call"}>{whyKept(kept)}</Chip>
        <span className="ml-auto text-sm text-soft">
          <Elapsed since={at} /> ago
        </span>
      </h2>
      {task !== null && (
        <p className="mt-1 line-clamp-2">
          <PlainText limit={300} isBrief>
            {firstLine(task)}
          </PlainText>
        </p>
      )}
      {problem !== null && (
        <p className="mt-1 text-sm font-medium text-call">
          <PlainText limit={400}>{problem}</PlainText>
        </p>
      )}
      <Facts>
        <Fact name="Kept">
          {capital(contentsOf(kept))}
          {bytes > 0 && <span className="text-soft"> · {byteSize(bytes)}</span>}
        </Fact>
        {branch !== null && (
          <Fact name="Branch" isPath>
            <PlainText limit={200}>{branch}</PlainText>
          </Fact>
        )}
        {repository !== null && (
          <Fact name="Repository" isPath>
            <PlainText limit={300}>{repository}</PlainText>
          </Fact>
        )}
        {commit !== null && (
          <Fact name="Commit">
            <Oid>{commit}</Oid>
          </Fact>
        )}
        {moved.length > 0 && (
          <Fact name={moved.length === 1 ? "Directory" : "Directories"}>
            <FileNames label="Directories" files={moved} noun="directory" nouns="directories" />
          </Fact>
        )}
        <Fact name="Until">
          {expiresAt === null ? "somebody removes it" : day(expiresAt)}
          {trash !== null && (
            <span className="text-soft">
              ; all of its directory in the trash{trash.expiresAt !== null && ` until ${day(trash.expiresAt)}`}
            </span>
          )}
        </Fact>
      </Facts>
      <KeptFiles kept={kept} />
      <RestoreForm kept={kept} />
    </li>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const day = (at: string) => new Date(at).toLocaleDateString("en-GB", { dateStyle: "medium" });
