/** Every reason why a request is not answered with what it asked for. */
export type Rejection =
  | { kind: "bad-request"; detail: string }
  /** `byPassword`: OPERATOR_TOKEN is set, so a password can be asked for. */
  | { kind: "unauthorized"; byPassword: boolean }
  | { kind: "forbidden"; detail: string }
  | { kind: "not-found" }
  | { kind: "method-not-allowed"; allow: string }
  | { kind: "precondition-failed" }
  | { kind: "range-not-satisfiable"; completeLength: number }
  | { kind: "content-too-large"; mostBytes: number }
  | { kind: "too-many-requests"; retryAfterSeconds: number }
  | { kind: "misconfigured" }
  | { kind: "internal" }
  | { kind: "bad-gateway" }
  | { kind: "unavailable"; retryAfterSeconds: number; detail?: string }
  | { kind: "gateway-timeout" };

/** `Retry-After` in seconds when B2 gave none: most of its faults are over sooner. */
export const RETRY_AFTER_SECONDS = 30;

export interface Problem {
  status: number;
  title: string;
  detail: string;
  /** Response fields that this status needs, in addition to those of every problem. */
  fields: Record<string, string>;
}

const ASK_FOR_PASSWORD = "This is for the owner of the site. Any user name will do; the password is OPERATOR_TOKEN.";
const CHALLENGE = 'Basic realm="b2-image-worker", charset="UTF-8"';
const STORAGE_SILENT = "The storage behind this site is not answering at the moment. Try again later.";

/** Maps a refusal to its status, its text for the visitor and its response fields (RFC 9457). */
export function problemOf(rejection: Rejection): Problem {
  switch (rejection.kind) {
    case "bad-request":
      return problem(400, rejection.detail);
    case "unauthorized":
      return rejection.byPassword
        ? problem(401, ASK_FOR_PASSWORD, { "WWW-Authenticate": CHALLENGE })
        : problem(403, "This is for the owner of the site, who signs in through Cloudflare Access.");
    case "forbidden":
      return problem(403, rejection.detail);
    case "not-found":
      return problem(404, "There is no such file here.");
    case "method-not-allowed":
      return problem(405, `Only these methods are answered here: ${rejection.allow}.`, {
        Allow: rejection.allow,
      });
    case "precondition-failed":
      return problem(412, "The file is not in the state that the request asks for.");
    case "range-not-satisfiable":
      return problem(416, `The file has ${rejection.completeLength} bytes.`, {
        "Content-Range": `bytes */${rejection.completeLength}`,
      });
    case "content-too-large":
      return problem(413, `At most ${rejection.mostBytes} bytes are accepted here.`);
    case "too-many-requests":
      return problem(429, "Too many requests came from this address. Try again later.", {
        "Retry-After": String(rejection.retryAfterSeconds),
      });
    case "misconfigured":
      return problem(500, "This site is not set up correctly. Its owner can find the reason in the log.");
    case "internal":
      return problem(500, "Something went wrong here.");
    case "bad-gateway":
      return problem(502, "The storage behind this site refused the request.", RETRY_LATER);
    case "unavailable":
      return problem(503, rejection.detail ?? STORAGE_SILENT, {
        "Retry-After": String(rejection.retryAfterSeconds),
      });
    case "gateway-timeout":
      return problem(504, "The storage behind this site took too long to answer.", RETRY_LATER);
  }
}

const RETRY_LATER = { "Retry-After": String(RETRY_AFTER_SECONDS) };

/** The title of each status, as RFC 9110 §15 and RFC 6585 §4 name it. */
const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  412: "Precondition Failed",
  413: "Content Too Large",
  416: "Range Not Satisfiable",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
} as const;

function problem(status: keyof typeof TITLES, detail: string, fields: Record<string, string> = {}): Problem {
  return { status, title: TITLES[status], detail, fields };
}
