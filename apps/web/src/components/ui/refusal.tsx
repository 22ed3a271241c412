import { PlainText } from "./plain-text.tsx";

/** Why something was not done. The region is always there, so that what appears in it is read out. */
export function Refusal({ children }: { children: string }) {
  return (
    <p role="alert" className="mt-2 text-sm font-medium text-fail empty:hidden">
      {children !== "" && <PlainText limit={600}>{children}</PlainText>}
    </p>
  );
}
