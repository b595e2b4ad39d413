const MINUTE_MS = 60_000;
/** The time of a run that is further off is not shown. */
const LOOK_AHEAD_MINUTES = 32 * 24 * 60;

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The five fields of a schedule. Names of months and of days of the week count from 1: 1 is Sunday. */
const FIELDS: { least: number; most: number; names: string[]; of: (time: Date) => number }[] = [
  { least: 0, most: 59, names: [], of: (time) => time.getUTCMinutes() },
  { least: 0, most: 23, names: [], of: (time) => time.getUTCHours() },
  { least: 1, most: 31, names: [], of: (time) => time.getUTCDate() },
  { least: 1, most: 12, names: MONTHS, of: (time) => time.getUTCMonth() + 1 },
  { least: 1, most: 7, names: DAYS, of: (time) => time.getUTCDay() + 1 },
];

/**
 * Computes when a cron trigger runs next after `now` (both in ms since the epoch); schedules are in UTC. Undefined when that
 * is more than a month off, or the schedule has a form that is not supported here (`L`, `W`, `#`).
 * Source: https://developers.cloudflare.com/workers/configuration/cron-triggers/
 */
export function nextCronRun(cron: string, now: number): number | undefined {
  const texts = cron.trim().split(/\s+/);
  const allowed = FIELDS.map((field, index) => valuesOf(texts[index] ?? "", field));
  if (texts.length !== FIELDS.length || !allowed.every((values) => values !== undefined)) return undefined;
  const first = Math.floor(now / MINUTE_MS) + 1;
  for (let minute = first; minute < first + LOOK_AHEAD_MINUTES; minute += 1) {
    const time = new Date(minute * MINUTE_MS);
    if (FIELDS.every(({ of }, index) => allowed[index]?.has(of(time)))) return time.getTime();
  }
  return undefined;
}

function valuesOf(text: string, field: { least: number; most: number; names: string[] }): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [, range = "", step = "1"] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from = "", to = from] = range === "*" ? [String(field.least), String(field.most)] : range.split("-");
    const [first, last] = [numberOf(from, field), numberOf(to, field)];
    if (first === undefined || last === undefined || Number(step) < 1) return undefined;
    // `5/10` runs to the end of the range, as `5-59/10` does.
    const end = part.includes("/") && !range.includes("-") ? field.most : last;
    for (let value = first; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}

function numberOf(text: string, { least, most, names }: { least: number; most: number; names: string[] }) {
  const named = names.indexOf(text.toUpperCase());
  const value = named === -1 ? Number(/^\d{1,2}$/.exec(text)?.[0] ?? Number.NaN) : named + 1;
  return value >= least && value <= most ? value : undefined;
}
