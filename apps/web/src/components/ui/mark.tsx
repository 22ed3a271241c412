/** Two lanes that never touch. */
export function Mark() {
  return (
    <svg viewBox="0 0 22 24" className="h-6 w-auto" aria-hidden="true">
      <path d="M6 2v20M16 2v20" className="stroke-faint" strokeWidth="2" strokeLinecap="round" />
      <circle cx="6" cy="8" r="3.5" className="fill-work" />
      <path d="m16 11.2 4.3 4.3-4.3 4.3-4.3-4.300z" className="fill-call" />
    </svg>
  );
}
