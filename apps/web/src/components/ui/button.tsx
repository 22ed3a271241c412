import type { ButtonHTMLAttributes } from "react";

const LOOKS = {
  plain: "border-faint bg-sheet text-ink hover:border-soft",
  strong: "border-ink bg-ink text-paper hover:opacity-85",
  danger: "border-faint bg-sheet text-fail hover:border-fail",
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
}

export function Button({ look = "plain", className = "", ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`min-h-9 rounded-md border px-3 py-1 text-sm font-medium transition-colors disabled:opacity-50 pointer-coarse:min-h-11 ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
