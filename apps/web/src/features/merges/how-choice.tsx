import { useId } from "react";
import type { MergeItem } from "../../lib/shapes.ts";
import { HOWS } from "./merge-words.ts";

type How = MergeItem["how"];
const CHOICES = Object.entries(HOWS) as [How, (typeof HOWS)[How]][];

export function HowChoice({ value, onChange }: { value: How; onChange: (how: How) => void }) {
  const name = useId();
  return (
    <fieldset>
      <legend className="text-sm text-soft">How its commits come in</legend>
      <div className="mt-1 grid gap-2 sm:grid-cols-3">
        {CHOICES.map(([how, { name: label, means }]) => (
          <div
            key={how}
            className="relative flex items-start gap-2.5 rounded-md border border-faint px-3 py-2 has-checked:border-ink has-checked:ring-1 has-checked:ring-ink"
          >
            <input
              id={`${name}-${how}`}
              type="radio"
              name={name}
              checked={how === value}
              onChange={() => onChange(how)}
              aria-describedby={`${name}-${how}-means`}
              className="mt-1 accent-ink"
            />
            <div className="text-sm">
              <label htmlFor={`${name}-${how}`} className="cursor-pointer font-medium after:absolute after:inset-0">
                {label}
              </label>
              <p id={`${name}-${how}-means`} className="text-soft">
                {means}
              </p>
            </div>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
