import { readText } from "./read-text.ts";

/** The kinds of faults of B2. The kind decides about retries and about the client's status. */
export type B2FaultCode =
  | "bad-request"
  /** The file is encrypted with the customer's own key (SSE-C). */
  | "customer-key-needed"
  | "unauthorized"
  | "access-denied"
  | "cap-exceeded"
  | "too-many-requests"
  | "unavailable"
  | "unreachable"
  | "timeout"
  | "unexpected-answer";

/** The facts about a failed call to B2. */
export interface B2Fault {
  code: B2FaultCode;
  /** B2's name of the call, such as `b2_authorize_account`. */
  operation: string;
  status?: number;
  /** The `code` of B2's error body. Its `message` is not kept: it may name a bucket. */
  b2Code?: string | undefined;
  retryAfterSeconds?: number | undefined;
  /** For the log: what is wrong with the answer. It must not quote the answer. */
  detail?: string;
  cause?: unknown;
}

/** How long to wait for the body of an error. Without it, the status alone decides. */
const ERROR_BODY_TIMEOUT_MS = 2_000;

/** A failed call to B2. Its message holds no secret and no text from B2. */
export class B2Error extends Error {
  readonly code: B2FaultCode;
  readonly operation: string;
  readonly status: number | undefined;
  readonly b2Code: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(fault: B2Fault) {
    super(messageOf(fault), { cause: fault.cause });
    this.name = "B2Error";
    this.code = fault.code;
    this.operation = fault.operation;
    this.status = fault.status;
    this.b2Code = fault.b2Code;
    this.retryAfterSeconds = fault.retryAfterSeconds;
  }

  /** Whether the same call may soon succeed: after 429, 5xx and broken connections, as B2's integration checklist says. */
  get retryable(): boolean {
    return this.code === "too-many-requests" || this.code === "unavailable" || this.code === "unreachable";
  }
}

function messageOf({ code, operation, status, b2Code, detail }: B2Fault): string {
  const answer = status === undefined ? "" : ` (status ${status}${b2Code === undefined ? "" : `, ${b2Code}`})`;
  return `${operation}: ${code}${answer}${detail === undefined ? "" : `: ${detail}`}`;
}

/** Reads an error answer of B2. `operation` is B2's name of the call. */
export async function readB2Error(operation: string, response: Response): Promise<B2Error> {
  const { b2Code, message } = await readBody(response);
  const needsKey = response.status === 400 && message.includes("Server Side Encryption");
  return new B2Error({
    code: needsKey ? "customer-key-needed" : faultCode(response.status, b2Code),
    operation,
    status: response.status,
    b2Code,
    retryAfterSeconds: retryAfterSeconds(response),
  });
}

interface ErrorBody {
  b2Code: string | undefined;
  /** B2's text. It may name a bucket, so it is only inspected and never passed on. */
  message: string;
}

/** The error of a HEAD has no body, and a proxy's is not JSON: both count as empty. */
async function readBody(response: Response): Promise<ErrorBody> {
  const reading = await readText(response, ERROR_BODY_TIMEOUT_MS);
  const body = reading.kind === "text" ? parseObject(reading.text) : undefined;
  const { code, message } = body ?? {};
  return {
    b2Code: typeof code === "string" && /^[a-z0-9_]{1,64}$/.test(code) ? code : undefined,
    message: typeof message === "string" ? message : "",
  };
}

function parseObject(text: string): Partial<Record<"code" | "message", unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

function faultCode(status: number, b2Code: string | undefined): B2FaultCode {
  if (status === 400) return "bad-request";
  if (status === 401) return "unauthorized";
  if (status === 403) {
    // B2's documentation says 401 for a key or token without the right, its TypeScript SDK's simulator says 403.
    if (b2Code === "unauthorized") return "unauthorized";
    return b2Code?.endsWith("cap_exceeded") ? "cap-exceeded" : "access-denied";
  }
  if (status === 429) return "too-many-requests";
  if (status === 408 || status >= 500) return "unavailable";
  return "unexpected-answer";
}

function retryAfterSeconds(response: Response): number | undefined {
  const field = response.headers.get("Retry-After");
  return field !== null && /^\d{1,6}$/.test(field) ? Number(field) : undefined;
}
