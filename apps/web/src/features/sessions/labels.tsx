import { PlainText } from "../../components/ui/plain-text.tsx";

/** The labels of a session; `demo` marks what was made to be shown. */
export function Labels({ labels, isBrief = false }: { labels: Record<string, string>; isBrief?: boolean }) {
  return Object.entries(labels).map(([name, value]) => (
    <span key={name} className="rounded border border-faint px-1.5 text-xs text-soft">
      <span className="sr-only">Label </span>
      <PlainText limit={64} isBrief={isBrief}>
        {value === "" || value === "true" ? name : `${name}: ${value}`}
      </PlainText>
    </span>
  ));
}
