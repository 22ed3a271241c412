import { useId, useState } from "react";
import { FIELD } from "../../components/ui/field.ts";

interface IntoFieldProps {
  /** The branch that the outlook is about. */
  known: string;
  onChange: (into: string) => void;
}

/** The branch it goes into. What is typed counts when the field is left: each look at a branch is work. */
export function IntoField({ known, onChange }: IntoFieldProps) {
  const [typed, setTyped] = useState<string>();
  const text = typed ?? known;
  const id = useId();
  const take = () => {
    setTyped(undefined);
    if (text.trim() !== known) onChange(text.trim());
  };
  return (
    <div>
      <label htmlFor={id} className="text-sm text-soft">
        Into the branch
      </label>
      <input
        id={id}
        value={text}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          // Looks at it; the merge itself is asked for with the button.
          event.preventDefault();
          take();
        }}
        spellCheck={false}
        autoCapitalize="none"
        className={`${FIELD} mt-1 font-mono`}
      />
    </div>
  );
}
