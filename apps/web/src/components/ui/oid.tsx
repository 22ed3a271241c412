/** The name of a commit, whole: what a person compares at a glance stands out. */
export function Oid({ children }: { children: string }) {
  return (
    <code className="font-mono text-[0.8125rem] wrap-anywhere">
      <span className="font-semibold">{children.slice(0, 10)}</span>
      <span className="text-soft">{children.slice(10)}</span>
    </code>
  );
}
