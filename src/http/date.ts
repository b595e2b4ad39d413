const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const MONTH = `(${MONTHS.join("|")})`;
const TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE = new RegExp(`^${DAY}, (\\d\\d) ${MONTH} (\\d{4}) ${TIME} GMT$`);
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC850_DATE = new RegExp(`^${LONG_DAY}, (\\d\\d)-${MONTH}-(\\d\\d) ${TIME} GMT$`);
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME_DATE = new RegExp(`^${DAY} ${MONTH} (\\d\\d| \\d) ${TIME} (\\d{4})$`);

/**
 * Reads an HTTP-date in any of its three forms (RFC 9110 §5.6.7), in ms since the epoch. Undefined for anything else,
 * such as 30 February: a field with a malformed date is ignored. The name of the day is not compared with the date. `now` (ms since
 * the epoch) tells the century of a year of two digits.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const imf = IMF_FIXDATE.exec(text);
  if (imf !== null) return timeOf({ year: imf[3], month: imf[2], day: imf[1] }, imf.slice(4));
  const rfc850 = RFC850_DATE.exec(text);
  if (rfc850 !== null) {
    return timeOf({ year: fullYear(Number(rfc850[3]), now), month: rfc850[2], day: rfc850[1] }, rfc850.slice(4));
  }
  const asctime = ASCTIME_DATE.exec(text);
  if (asctime !== null) return timeOf({ year: asctime[6], month: asctime[1], day: asctime[2] }, asctime.slice(3, 6));
  return undefined;
}

/** Writes an IMF-fixdate from ms since the epoch. */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

type Part = string | number | undefined;

function timeOf({ year, month, day }: Record<"year" | "month" | "day", Part>, time: Part[]): number | undefined {
  const [hour = 0, minute = 0, second = 0] = time.map(Number);
  const monthIndex = MONTHS.indexOf(String(month));
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(year), monthIndex, Number(day));
  if (date.getUTCMonth() !== monthIndex || date.getUTCDate() !== Number(day)) return undefined;
  return date.setUTCHours(hour, minute, second);
}

/** «More than 50 years in the future» means the most recent year in the past with the same last two digits. */
function fullYear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
