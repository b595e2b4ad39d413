export type LogLevel = "info" | "warn" | "error";

export type LogFields = Record<string, string | number | boolean | undefined>;

/** Writes one event; `createLog` gives the real one, tests collect. */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

/**
 * Writes one JSON line an event to the console, which Workers Logs indexes by field.
 * Callers pass no token, key, signature or query string; a file name is fine.
 */
export const log: Log = (level, event, fields) => {
  console[level](JSON.stringify({ event, ...fields }));
};

/** The text of an error for a log line: its name and message, never its stack or its cause's content. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "a thrown value that is not an Error";
}
