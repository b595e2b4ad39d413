export type LogLevel = "info" | "warn" | "error";

export type LogFields = Record<string, string | number | boolean | undefined>;

/** Logs one event. Callers never pass a token, key, signature or query string; a file name is fine. */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

const MINUTE_MS = 60_000;
/** How many lines of one kind are written per minute: enough to see which files are affected. The others are counted. */
const MOST_LINES = 10;
/** How many kinds are told apart per minute. It bounds memory, even if a visitor's text ever became part of an error. */
const MOST_KINDS = 100;

interface Kind {
  level: LogLevel;
  event: string;
  fields: LogFields;
  count: number;
}

/**
 * Makes the log of one isolate. It writes one JSON line per event to the console, which Workers Logs indexes by field. The
 * owner pays for lines, so a flood of requests must not become a flood of them: lines that differ only in ray and file or
 * folder are of one kind, and the number of those left out is logged as `repeats`, at the first event after the minute is over.
 */
export function createLog(now: () => number = Date.now): Log {
  const kinds = new Map<string, Kind>();
  let minuteEndsAt = 0;

  function tellRepeats(): void {
    for (const { level, event, fields, count } of kinds.values()) {
      if (count > MOST_LINES) write(level, event, { ...fields, repeats: count - MOST_LINES });
    }
    kinds.clear();
  }

  return (level, event, fields = {}) => {
    const at = now();
    if (at >= minuteEndsAt) {
      tellRepeats();
      minuteEndsAt = at + MINUTE_MS;
    }
    const kind = kindOf(kinds, { level, event, fields });
    kind.count += 1;
    if (kind.count <= MOST_LINES) write(level, event, fields);
  };
}

function kindOf(kinds: Map<string, Kind>, { level, event, fields }: Omit<Kind, "count">): Kind {
  const { ray: _ray, file: _file, folder: _folder, ...same } = kinds.size < MOST_KINDS ? fields : {};
  const key = JSON.stringify([level, event, same]);
  const kind = kinds.get(key) ?? { level, event, fields: same, count: 0 };
  kinds.set(key, kind);
  return kind;
}

function write(level: LogLevel, event: string, fields: LogFields): void {
  console[level](JSON.stringify({ event, ...fields }));
}

/** The text of an error for a log line: its name and message, without its stack and its cause. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "a thrown value that is not an Error";
}
