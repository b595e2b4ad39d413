export type LogLevel = "info" | "warn" | "error";

export type LogFields = Record<string, string | number | boolean | undefined>;

/** Writes one event; callers pass no token, key, signature or query string, but a file name is fine. */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

const MINUTE_MS = 60_000;
/** Lines of one kind that are written in a minute: enough to see which files are concerned. The others are counted. */
const MOST_LINES = 10;
/** Kinds that are told apart in a minute. Were a text of a visitor ever part of an error, memory would still be bounded. */
const MOST_KINDS = 100;

interface Kind {
  level: LogLevel;
  event: string;
  fields: LogFields;
  count: number;
}

/**
 * Makes the log of one isolate: one JSON line an event on the console, which Workers Logs indexes by field. Lines that
 * differ only in the request and the file are of one kind: a flood of requests must not be a flood of lines, which the
 * owner pays for. What was left out is told with `repeats` when the minute is over, at the next event of any kind.
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
  const { ray: _ray, file: _file, ...same } = kinds.size < MOST_KINDS ? fields : {};
  const key = JSON.stringify([level, event, same]);
  const kind = kinds.get(key) ?? { level, event, fields: same, count: 0 };
  kinds.set(key, kind);
  return kind;
}

function write(level: LogLevel, event: string, fields: LogFields): void {
  console[level](JSON.stringify({ event, ...fields }));
}

/** The text of an error for a log line: its name and message, never its stack or its cause's content. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "a thrown value that is not an Error";
}
