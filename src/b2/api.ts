import * as v from "valibot";
import { call } from "./call.ts";
import { B2Error } from "./error.ts";
import { isOfSameB2, isSecureUrl } from "./service-url.ts";

const serviceUrl = v.pipe(
  v.string(),
  v.check((text) => isSecureUrl(text), "is not an https: URL"),
  v.transform((text) => text.replace(/\/+$/, "")),
);

const accountAuthorization = v.object({
  accountId: v.string(),
  authorizationToken: v.string(),
  applicationKeyExpirationTimestamp: v.nullish(v.number()),
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

/** A bucket that a key reaches. `name` is null when the bucket was deleted. */
export interface Bucket {
  id: string;
  name: string | null;
}

/** B2's answer to b2_authorize_account. */
export interface Account {
  accountId: string;
  /** The account token, which is valid for at most 24 hours. */
  accountToken: string;
  apiUrl: string;
  downloadUrl: string;
  /** null: the key reaches every bucket of the account. */
  buckets: Bucket[] | null;
  capabilities: string[];
  namePrefix: string | null;
  /** When the key expires, in ms since the epoch; undefined for one that does not. */
  keyExpiresAt: number | undefined;
}

/** An application key. */
export interface Credentials {
  applicationKeyId: string;
  applicationKey: string;
}

/**
 * Calls b2_authorize_account, version 4 (older versions refuse keys for several buckets). Throws `B2Error`.
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
  const keyExpiresAt = answer.applicationKeyExpirationTimestamp ?? undefined;
  return { accountId, accountToken: authorizationToken, ...urls, ...allowed, keyExpiresAt };
}

/** Encodes as UTF-8, so that B2 refuses a key with a character such as a curly quote like any other wrong key. */
function basicCredentials({ applicationKeyId, applicationKey }: Credentials): string {
  const bytes = new TextEncoder().encode(`${applicationKeyId}:${applicationKey}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Finds the id of a bucket by its name; undefined when there is none. Needs `listBuckets`. Throws `B2Error`. */
export async function findBucketId(account: Account, bucketName: string): Promise<string | undefined> {
  const buckets = await listBuckets(account, bucketName);
  return buckets.find((bucket) => bucket.name === bucketName)?.id;
}

/** A bucket in the answer of b2_list_buckets. Anybody may download from one of type `allPublic`. */
export interface ListedBucket {
  id: string;
  name: string;
  type: string | undefined;
}

/**
 * Calls b2_list_buckets, for one name or for all. Needs `listBuckets`. A key that is limited to buckets must name one of
 * them. Throws `B2Error`. Source: https://www.backblaze.com/apidocs/b2-list-buckets
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

/** The files that a download token opens, and for how long. */
export interface DownloadGrant {
  bucketId: string;
  fileNamePrefix: string;
  /** Seconds, 1 to 604800. B2's answer has no expiry: the caller computes it. */
  validDurationInSeconds: number;
}

/**
 * Calls b2_get_download_authorization, and gives the download token. Needs `shareFiles`. Throws `B2Error`.
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
