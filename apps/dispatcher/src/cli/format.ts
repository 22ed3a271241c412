const STEPS: [string, number][] = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
];

/** How long ago, in the largest whole unit: `42s`, `7m`, `3h`, `12d`. */
export function age(since: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1000));
  const [unit, size] = STEPS.find(([, length]) => seconds >= length) ?? ["s", 1];
  return Number.isFinite(seconds) ? `${Math.floor(seconds / size)}${unit}` : "?";
}

/** The time of day here, of an ISO timestamp. */
export function timeOfDay(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return "--:--:--";
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** How long something took: `0.4 s`, `42 s`, `7 min`, `1 h 20 min`. */
export function span(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 60) return `${seconds < 10 ? Math.floor(seconds * 10) / 10 : Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? "" : ` ${minutes % 60} min`}`;
}
