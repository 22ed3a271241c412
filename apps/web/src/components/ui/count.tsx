/** How many wait for a person; nothing where none does. `of` is what a screen reader adds. */
export function Count({ children, of }: { children: number; of: string }) {
  if (children === 0) return null;
  return (
    <span className="rounded-full bg-call px-1.5 text-xs leading-5 font-semibold text-sheet">
      {children}
      <span className="sr-only"> {of}</span>
    </span>
  );
}
