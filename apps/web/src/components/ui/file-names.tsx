import { plural } from "../../lib/format.ts";
import { PlainText } from "./plain-text.tsx";

const SHOWN = 50;

interface FileNamesProps {
  label: string;
  files: readonly string[];
  /** What one of them is, and several. */
  noun?: string;
  nouns?: string;
}

/** Names of files, as whoever made them chose them. Those that are not shown are counted. */
export function FileNames({ label, files, noun = "file", nouns }: FileNamesProps) {
  const shown = files.slice(0, SHOWN);
  const left = files.length - shown.length;
  return (
    <>
      <ul aria-label={label} className="space-y-1 font-mono text-[0.8125rem]">
        {shown.map((file, index) => (
          <li key={index} className="wrap-anywhere">
            <PlainText limit={300}>{file}</PlainText>
          </li>
        ))}
      </ul>
      {left > 0 && <p className="mt-1 text-sm text-soft">And {plural(left, noun, nouns)} more.</p>}
    </>
  );
}
