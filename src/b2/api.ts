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
  /** When the key ends, in ms since the epoch; undefined for one without an end. */
  keyExpiresAt: number | undefined;
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
  const keyExpiresAt = answer.applicationKeyExpirationTimestamp ?? undefined;
  return { accountId, accountToken: authorizationToken, ...urls, ...allowed, keyExpiresAt };
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
