/** "+12 −3", which a screen reader tells in words. */
export function LineCounts({ added, removed }: { added: number | null; removed: number | null }) {
  if (added === null || removed === null) return null;
  return (
    <span className="font-mono text-[0.8125rem] font-medium whitespace-nowrap">
      <span className="text-done">
        <span aria-hidden="true">+</span>
        {added}
        <span className="sr-only"> lines added,</span>
      </span>{" "}
      <span className="text-fail">
        <span aria-hidden="true">−</span>
        {removed}
        <span className="sr-only"> removed</span>
      </span>
    </span>
  );
}
