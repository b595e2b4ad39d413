/** The content of an answer, or why there is none. */
export type TextReading = { kind: "text"; text: string } | { kind: "broken"; cause: unknown } | { kind: "timeout" };

/** Reads the content of an answer that is kept in memory, in a bounded time: B2 may send the fields and then stall. */
export async function readText(response: Response, timeoutMs: number): Promise<TextReading> {
  const timeout = Promise.withResolvers<TextReading>();
  const timer = setTimeout(() => timeout.resolve({ kind: "timeout" }), Math.max(0, timeoutMs));
  const reading = response.text().then(
    (text): TextReading => ({ kind: "text", text }),
    (cause: unknown): TextReading => ({ kind: "broken", cause }),
  );
  try {
    return await Promise.race([reading, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
