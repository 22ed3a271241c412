import type { ReactNode } from "react";

interface ScrollBoxProps {
  /** What a screen reader calls it. */
  name: string;
  className: string;
  children: ReactNode;
}

/** A text that may be longer than its box: a person without a mouse reads it to its end too. */
export function ScrollBox({ name, className, children }: ScrollBoxProps) {
  return (
    <div
      role="group"
      aria-label={name}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={`overflow-y-auto whitespace-pre-wrap ${className}`}
    >
      {children}
    </div>
  );
}
