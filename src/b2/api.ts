import * as v from "valibot";
import { B2Error, readB2Error } from "./error.ts";
import { B2_REQUEST, exchange } from "./exchange.ts";
import { readText } from "./read-text.ts";
import { isOfSameB2 } from "./same-b2.ts";

/** B2's API answers in well under a second; more than this is a fault. */
const API_TIMEOUT_MS = 10_000;

const serviceUrl = v.pipe(
  v.string(),
  v.check((text) => isSecureUrl(text), "is not an https: URL"),
  v.transform((text) => text.replace(/\/+$/, "")),
);

const accountAuthorization = v.object({
  accountId: v.string(),
  authorizationToken: v.string(),
  apiInfo: v.object({
    storageApi: v.object({
      apiUrl: serviceUrl,
      downloadUrl: serviceUrl,
      allowed: v.object({
        buckets: v.nullable(v.array(v.object({ id: v.string(), name: v.nullable(v.string()) }))),
        capabilities: v.array(v.string()),
        namePrefix: v.nullable(v.string()),
      }),
    }),
  }),
});

const downloadAuthorization = v.object({
  bucketId: v.string(),
  fileNamePrefix: v.string(),
  authorizationToken: v.pipe(v.string(), v.minLength(1)),
});

const bucketList = v.object({
  buckets: v.array(v.object({ bucketId: v.string(), bucketName: v.string(), bucketType: v.optional(v.string()) })),
});

/** A bucket that a key reaches; its name is null when it was deleted. */
export interface Bucket {
  id: string;
  name: string | null;
}

export interface Account {
  accountId: string;
  /** The account token: at most 24 hours, used for the next call and then forgotten. */
  accountToken: string;
  apiUrl: string;
  downloadUrl: string;
  /** null: the key reaches every bucket of the account. */
  buckets: Bucket[] | null;
  capabilities: string[];
  namePrefix: string | null;
}

export interface Credentials {
  applicationKeyId: string;
  applicationKey: string;
}

/**
 * b2_authorize_account, version 4 (older ones refuse keys for several buckets). Throws `B2Error`.
 * Source: https://www.backblaze.com/apidocs/b2-authorize-account
 */
export async function authorizeAccount(apiUrl: string, key: Credentials): Promise<Account> {
  const answer = await call(accountAuthorization, {
    operation: "b2_authorize_account",
    apiUrl,
    authorization: basicCredentials(key),
  });
  const { apiInfo, accountId, authorizationToken } = answer;
  const { allowed, ...urls } = apiInfo.storageApi;
  for (const [name, url] of Object.entries(urls)) {
    if (isOfSameB2(url, apiUrl)) continue;
    const detail = `${name} is in another domain than B2_API_URL`;
    throw new B2Error({ code: "unexpected-answer", operation: "b2_authorize_account", status: 200, detail });
  }
  return { accountId, accountToken: authorizationToken, ...urls, ...allowed };
}

/** As UTF-8: a key with a foreign character, such as a curly quote, is refused by B2 like any other wrong key. */
function basicCredentials({ applicationKeyId, applicationKey }: Credentials): string {
  const bytes = new TextEncoder().encode(`${applicationKeyId}:${applicationKey}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Finds the id of a bucket by its name; needs `listBuckets`. Undefined when there is none. Throws `B2Error`. */
export async function findBucketId(account: Account, bucketName: string): Promise<string | undefined> {
  const buckets = await listBuckets(account, bucketName);
  return buckets.find((bucket) => bucket.name === bucketName)?.id;
}

/** A bucket as b2_list_buckets tells it: anybody may download from an `allPublic` one. */
export interface ListedBucket {
  id: string;
  name: string;
  type: string | undefined;
}

/**
 * b2_list_buckets, of one name or of all; needs `listBuckets`. A key that is limited to buckets must name one of them.
 * Throws `B2Error`. Source: https://www.backblaze.com/apidocs/b2-list-buckets
 */
export async function listBuckets(account: Account, bucketName?: string): Promise<ListedBucket[]> {
  const { accountId, apiUrl, accountToken } = account;
  const answer = await call(bucketList, {
    operation: "b2_list_buckets",
    apiUrl,
    authorization: accountToken,
    body: { accountId, ...(bucketName !== undefined && { bucketName }) },
  });
  return answer.buckets.map((bucket) => ({ id: bucket.bucketId, name: bucket.bucketName, type: bucket.bucketType }));
}

export interface DownloadGrant {
  bucketId: string;
  fileNamePrefix: string;
  /** Seconds, 1…604800. B2's answer has no expiry: the caller computes it. */
  validDurationInSeconds: number;
}

/**
 * b2_get_download_authorization: the download token. Needs `shareFiles`. Throws `B2Error`.
 * Source: https://www.backblaze.com/apidocs/b2-get-download-authorization
 */
export async function getDownloadAuthorization(account: Account, grant: DownloadGrant): Promise<string> {
  const answer = await call(downloadAuthorization, {
    operation: "b2_get_download_authorization",
    apiUrl: account.apiUrl,
    authorization: account.accountToken,
    body: grant,
  });
  return answer.authorizationToken;
}

/** Whether a URL is safe for a credential: https, or http to this machine (the local B2). */
export function isSecureUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

export interface Call {
  operation: string;
  apiUrl: string;
  authorization: string;
  body?: object;
  /** How long the answer may take, with its content. */
  timeoutMs?: number;
}

/** One call of B2's API, with its answer checked. Throws `B2Error`. */
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
  // Issues can quote the value, which may be a token: only the place is told.
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

/** The parser's own message would quote the text, which may hold a token. */
function parseJson(operation: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new B2Error({ code: "unexpected-answer", operation, status: 200, detail: "not JSON" });
  }
}
