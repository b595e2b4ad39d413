const UNITS = ["kB", "MB", "GB", "TB"];

/** A size for people, such as `3.4 MB`. The units are powers of 1000, as B2 counts. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let value = bytes;
  let unit = -1;
  // 999.5 kB would be rounded to 1000 kB.
  while (unit < 0 || (value >= 999.5 && unit < UNITS.length - 1)) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit]}`;
}

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;
const formatDay = lazyFormat(DAY);
const formatLongTime = lazyFormat({ ...DAY, ...CLOCK, weekday: "long", month: "long" });
const formatTimeInShort = lazyFormat({ ...DAY, ...CLOCK, weekday: "short" });

/** Made when it is first used: the three of them would take as long as all else at the start of an isolate. */
function lazyFormat(options: Intl.DateTimeFormatOptions): (ms: number) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (ms) => {
    format ??= new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
    return format.format(ms);
  };
}

/** A date in UTC, such as `24 Nov 2026`. `ms` is since the epoch. */
export function formatDate(ms: number): string {
  return formatDay(ms);
}

/** A date and time, such as `Tuesday, 24 November 2026 at 12:00 UTC`. `ms` is since the epoch. */
export function formatTime(ms: number): string {
  return `${formatLongTime(ms)} UTC`;
}

/** A short date and time, such as `Tue, 24 Nov 2026, 12:00 UTC`. `ms` is since the epoch. */
export function formatShortTime(ms: number): string {
  return `${formatTimeInShort(ms)} UTC`;
}

/** A number with its noun, such as `1 file` or `1,204 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

const SPANS: [noun: string, ms: number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** A duration in its two largest units, such as `6 days 4 hours`; less than a second is `0 seconds`. */
export function formatSpan(ms: number): string {
  const first = SPANS.findIndex(([, unitMs]) => ms >= unitMs);
  if (first === -1) return "0 seconds";
  const parts: string[] = [];
  let rest = ms;
  for (const [noun, unitMs] of SPANS.slice(first, first + 2)) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) parts.push(formatCount(count, noun));
  }
  return parts.join(" ");
}

/** How far a time is from now, such as `in 2 hours` or `3 days ago`. Both parameters are in ms since the epoch. */
export function distanceTo(at: number, now: number): string {
  if (Math.abs(at - now) < 1000) return "just now";
  return at > now ? `in ${formatSpan(at - now)}` : `${formatSpan(now - at)} ago`;
}
