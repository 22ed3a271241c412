import Link from "next/link";

export function BackLink() {
  return (
    <Link href="/" className="inline-flex items-center gap-2 py-2 text-sm text-soft underline-offset-4 hover:underline">
      <svg viewBox="0 0 12 12" className="size-3 fill-none stroke-current" aria-hidden="true">
        <path d="M11 6H1.5M5.5 2l-4 4 4 4" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      All sessions
    </Link>
  );
}
