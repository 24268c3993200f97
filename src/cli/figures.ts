/** `12,345`: the same on every machine, whatever its locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 user`, `2 users`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `5 h 36 min`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `812 B`, `1.4 MB`; powers of a thousand. */
export function formatBytes(sizeBytes: number): string {
  let size = sizeBytes;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (size < 999.5)
      return unit === 'B' || size >= 99.5 ? `${Math.round(size)} ${unit}` : `${size.toFixed(1)} ${unit}`;
    size /= 1_000;
  }
  return `${size.toFixed(1)} TB`;
}

/** `2026-11-22 22:59:51 UTC`. */
export function formatInstant(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `UserList 34 · UserUpdate 12`, largest first. */
export function formatTally(tally: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(tally)
    .filter((entry): entry is [string, number] => (entry[1] ?? 0) > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(' · ');
}
