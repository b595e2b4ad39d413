import type { Switches } from "./switches.ts";

/** An error answer of B2: `{status, code, message}`. */
export class B2Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The connection breaks before an answer: whoever serves the app breaks it. */
export class ConnectionReset extends TypeError {
  constructor() {
    super("the local B2 reset the connection");
  }
}

/** What B2 answers to input that it does not take. */
export function badRequest(message: string): B2Problem {
  return new B2Problem(400, "bad_request", message);
}

/** A key or token without the right, or outside of its bucket or prefix: 401, or 403 by the switch. */
export function unauthorized({ switches }: { switches: Pick<Switches, "scopeError"> }, message: string): B2Problem {
  return new B2Problem(Number(switches.scopeError), "unauthorized", message);
}

/** The application key itself is wrong: this is 401 in every source. */
export function wrongKey(message: string): B2Problem {
  return new B2Problem(401, "unauthorized", message);
}

/** There is no such file, bucket or URL. */
export function notFound(message: string): B2Problem {
  return new B2Problem(404, "not_found", message);
}

/** A HEAD error has no body. */
export function problemResponse(problem: B2Problem, method: string): Response {
  const { status, code, message, retryAfterSeconds } = problem;
  const headers = new Headers({
    "Content-Type": "application/json;charset=utf-8",
    "Cache-Control": "max-age=0, no-cache, no-store",
  });
  if (retryAfterSeconds !== undefined) headers.set("Retry-After", String(retryAfterSeconds));
  const body = method === "HEAD" ? null : JSON.stringify({ status, code, message }, null, 2);
  return new Response(body, { status, headers });
}
