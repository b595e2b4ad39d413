import * as v from "valibot";
import { B2Error, readB2Error } from "./error.ts";
import { B2_REQUEST, exchange } from "./exchange.ts";
import { readText } from "./read-text.ts";

/** B2's API usually answers in well under a second. Not to answer in this time is a fault. */
const API_TIMEOUT_MS = 10_000;

/** A call of B2's API. */
export interface Call {
  operation: string;
  apiUrl: string;
  authorization: string;
  body?: object;
  /** How long the answer, with its content, may take. */
  timeoutMs?: number;
}

/** Makes one call of B2's API and checks the answer against a schema. Throws `B2Error`. */
export async function call<T extends v.GenericSchema>(schema: T, request: Call): Promise<v.InferOutput<T>> {
  const { operation, apiUrl, authorization, body, timeoutMs = API_TIMEOUT_MS } = request;
  const deadline = Date.now() + timeoutMs;
  const response = await exchange({
    operation,
    url: `${apiUrl}/b2api/v4/${operation}`,
    init: {
      ...B2_REQUEST,
      method: body === undefined ? "GET" : "POST",
      headers: { Authorization: authorization, ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    },
    timeoutMs,
  });
  if (response.status !== 200) throw await readB2Error(operation, response);
  const parsed = v.safeParse(schema, await readJson(operation, response, deadline));
  if (parsed.success) return parsed.output;
  // Only the places are named, since the issues may quote a token.
  const places = parsed.issues.map((issue) => v.getDotPath(issue) ?? "(whole answer)").join(", ");
  throw new B2Error({ code: "unexpected-answer", operation, status: 200, detail: `not as documented: ${places}` });
}

async function readJson(operation: string, response: Response, deadline: number): Promise<unknown> {
  const reading = await readText(response, deadline - Date.now());
  switch (reading.kind) {
    case "timeout":
      throw new B2Error({ code: "timeout", operation, status: 200 });
    case "broken":
      throw new B2Error({ code: "unreachable", operation, cause: reading.cause });
    case "text":
      return parseJson(operation, reading.text);
  }
}

/** Replaces the parser's error, whose message may quote a token. */
function parseJson(operation: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new B2Error({ code: "unexpected-answer", operation, status: 200, detail: "not JSON" });
  }
}
