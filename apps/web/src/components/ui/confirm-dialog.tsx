import { useId, type ReactNode, type Ref } from "react";
import { Button } from "./button.tsx";

interface ConfirmDialogProps {
  ref: Ref<HTMLDialogElement>;
  title: string;
  children: ReactNode;
  /** What the confirming button says. */
  act: string;
  onConfirm: () => void;
}

/** Opened by `showModal()`. The way out comes first and so has the focus. */
export function ConfirmDialog({ ref, title, children, act, onConfirm }: ConfirmDialogProps) {
  const id = useId();
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      className="m-auto w-[min(28rem,calc(100%-2rem))] rounded-xl border border-faint bg-sheet p-6 text-ink backdrop:bg-[#000]/45"
    >
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      <p className="mt-2 text-soft">{children}</p>
      <form method="dialog" className="mt-6 flex flex-wrap justify-end gap-2">
        <Button type="submit">Keep it</Button>
        <Button type="submit" look="danger" onClick={onConfirm}>
          {act}
        </Button>
      </form>
    </dialog>
  );
}
