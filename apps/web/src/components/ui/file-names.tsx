import { plural } from "../../lib/format.ts";
import { PlainText } from "./plain-text.tsx";

const SHOWN = 50;

/** Names of files, as whoever made them chose them. */
export function FileNames({ label, files, more = 0 }: { label: string; files: readonly string[]; more?: number }) {
  const shown = files.slice(0, SHOWN);
  const left = files.length - shown.length + more;
  return (
    <>
      <ul aria-label={label} className="space-y-1 font-mono text-[0.8125rem]">
        {shown.map((file, index) => (
          <li key={index} className="wrap-anywhere">
            <PlainText limit={300}>{file}</PlainText>
          </li>
        ))}
      </ul>
      {left > 0 && <p className="mt-1 text-sm text-soft">And {plural(left, "file")} more.</p>}
    </>
  );
}
