import { fileNameFault, readPath } from "./b2/file-name.ts";
import { isSecureUrl } from "./b2/service-url.ts";
import type { Misfit } from "./setting-kinds.ts";

/** Query parameters that already have a meaning, so none of them can be the version. */
const OWN_PARAMETERS = ["preset", "exp", "kid", "sig", "format", "after"];

/** Reads `B2_BUCKET_NAME`: 6 to 63 letters, digits and hyphens. */
export function parseBucketName(name: string): string | Misfit {
  return /^[A-Za-z0-9-]{6,63}$/.test(name) ? name : { problem: "a bucket's name: 6 to 63 letters, digits and hyphens" };
}

/** Reads `B2_API_URL`, and returns its origin. */
export function parseApiUrl(text: string): string | Misfit {
  const url = isSecureUrl(text) ? new URL(text) : undefined;
  return url?.href === `${url?.origin}/`
    ? url.origin
    : { problem: "an https: URL without a path, such as https://api.backblazeb2.com (http: only for localhost)" };
}

/** Reads `OPERATOR_TOKEN`. The problem does not quote the value. */
export function parseOperatorToken(text: string): string | Misfit {
  return /^[\x21-\x7e]{24,}$/.test(text)
    ? text
    : { problem: "24 characters or more, without spaces (make one with: openssl rand -base64 32)" };
}

/** Reads `OPERATOR_ACCESS_AUDIENCE`: 64 lower-case hex digits. */
export function parseAccessAudience(text: string): string | Misfit {
  return /^[0-9a-f]{64}$/.test(text)
    ? text
    : { problem: "the Application Audience (AUD) Tag of the Access application: 64 hex digits" };
}

/** Reads `B2_EVENT_SIGNING_SECRET`. The problem does not quote the value. */
export function parseEventSigningSecret(text: string): string | Misfit {
  return /^[A-Za-z0-9]{32}$/.test(text)
    ? text
    : { problem: "32 letters and digits, as B2 takes them (make them with: openssl rand -hex 16)" };
}

/** Reads `ALERT_WEBHOOK_URL`. The problem does not quote it, since the URL itself is a secret. */
export function parseWebhookUrl(text: string): string | Misfit {
  return isSecureUrl(text) ? text : { problem: "an https: URL (http: only for localhost)" };
}

/** Reads `B2_FILE_NAME_PREFIX`; empty text stands for every file. */
export function parseFileNamePrefix(text: string): string | Misfit {
  const isPath = text === "" || readPlainPath(text) !== undefined;
  return !isPath || text.startsWith("/") || fileNameFault(text) !== undefined
    ? { problem: "the beginning of file names as B2 shows them, without a slash in front, such as photos/" }
    : text;
}

/** Reads `VERSION_PARAMETER`, the name of a query parameter. */
export function parseVersionParameter(text: string): string | Misfit {
  return !/^[A-Za-z0-9_-]{1,32}$/.test(text) || OWN_PARAMETERS.includes(text)
    ? { problem: `the name of a query parameter, such as v: letters and digits, but not ${OWN_PARAMETERS.join(", ")}` }
    : text;
}

/** Reads `INDEX_FILE`, a file name without a slash. */
export function parseIndexFile(text: string): string | Misfit {
  return text.includes("/") || parseServedFile(text) !== text
    ? { problem: "a file name without a slash, such as index.html" }
    : text;
}

/** Reads `NOT_FOUND_FILE`, the path of a file. */
export function parseServedFile(text: string): string | Misfit {
  const path = readPlainPath(text);
  return path === undefined || text.endsWith("/")
    ? { problem: "the path of a file as a visitor would ask for it, without a slash in front, such as 404.html" }
    : path;
}

/** A path without percent-encoding. A lone surrogate, which JSON can hold, is refused: `encodeURI` throws for it. */
function readPlainPath(text: string): string | undefined {
  const reading = text.isWellFormed() ? readPath(encodeURI(text)) : undefined;
  return reading?.kind === "path" ? reading.path : undefined;
}

/** Reads `LISTED_ROBOTS`; empty text is `noindex`. */
export function parseListedRobots(text: string): "index" | "noindex" | Misfit {
  if (text === "index") return "index";
  return text === "noindex" || text === ""
    ? "noindex"
    : { problem: "index, if search engines may show the pages of listed folders, or noindex" };
}
