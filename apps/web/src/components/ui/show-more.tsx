import { Button } from "./button.tsx";

/** The way to what a long list leaves out; nothing where it is whole. */
export function ShowMore({ left, onMore }: { left: number; onMore: () => void }) {
  if (left === 0) return null;
  return (
    <Button className="mt-4" onClick={onMore}>
      Show {left.toLocaleString("en")} more
    </Button>
  );
}
