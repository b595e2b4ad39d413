import { withDeadline } from "../with-deadline.ts";

/** The content of an answer, or the reason why there is none. */
export type TextReading = { kind: "text"; text: string } | { kind: "broken"; cause: unknown } | { kind: "timeout" };

const LATE = new Error("B2 sends no more of its answer");

/** Reads the content of an answer into memory, in bounded time: B2 may send the response fields and then stall. Never throws. */
export async function readText(response: Response, timeoutMs: number): Promise<TextReading> {
  try {
    return { kind: "text", text: await withDeadline(response.text(), timeoutMs, () => LATE) };
  } catch (cause) {
    return cause === LATE ? { kind: "timeout" } : { kind: "broken", cause };
  }
}
