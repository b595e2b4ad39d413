import { type ApplicationKey, hasEnded } from "./application-key.ts";
import { bucketOf, type Call, numberOf, requireRights, textOf } from "./call.ts";
import { readOverrides } from "./overrides.ts";
import { B2Problem, wrongKey } from "./problem.ts";
import type { World } from "./world.ts";

const RECOMMENDED_PART_BYTES = 100_000_000;
export const LEAST_PART_BYTES = 5_000_000;
const WEEK_SECONDS = 604_800;

/** b2_authorize_account, in the shape of each version. */
export function authorizeAccount(
  world: World,
  { authorization, apiVersion }: { authorization: string | null; apiVersion: number },
): object {
  const key = findKey(world, authorization);
  const urls = {
    apiUrl: world.url,
    downloadUrl: world.url,
    recommendedPartSize: RECOMMENDED_PART_BYTES,
    absoluteMinimumPartSize: LEAST_PART_BYTES,
  };
  const rights = { capabilities: key.capabilities, namePrefix: key.namePrefix };
  const reach = apiVersion === 4 ? { buckets: bucketsOf(world, key) } : onlyBucketOf(world, key);
  const account = { accountId: world.accountId, authorizationToken: world.tokens.issueAccountToken(key) };
  if (apiVersion >= 3) {
    const storageApi = { ...urls, s3ApiUrl: world.url, infoType: "storageApi" };
    const apiInfo = {
      storageApi:
        apiVersion === 4 ? { ...storageApi, allowed: { ...reach, ...rights } } : { ...storageApi, ...reach, ...rights },
    };
    return { ...account, applicationKeyExpirationTimestamp: key.expiresAt, apiInfo };
  }
  const flat = { ...account, ...urls, minimumPartSize: RECOMMENDED_PART_BYTES, allowed: { ...reach, ...rights } };
  return apiVersion === 2 ? { ...flat, s3ApiUrl: world.url, applicationKeyExpirationTimestamp: key.expiresAt } : flat;
}

/** b2_get_download_authorization: no expiry field in its answer. */
export function getDownloadAuthorization(call: Call): object {
  const { world, key } = call;
  const bucketId = textOf(call, "bucketId");
  const fileNamePrefix = textOf(call, "fileNamePrefix");
  const validSeconds = numberOf(call, "validDurationInSeconds", { least: 1, most: WEEK_SECONDS });
  bucketOf(call, bucketId);
  requireRights(call, "shareFiles", { bucketId, fileName: fileNamePrefix });
  const overrides = readOverrides(call.parameters);
  const token = world.tokens.issueDownloadToken(key, validSeconds, { bucketId, fileNamePrefix, overrides });
  return { bucketId, fileNamePrefix, authorizationToken: token };
}

function findKey({ keys, now }: World, authorization: string | null): ApplicationKey {
  if (authorization === null || !authorization.startsWith("Basic ")) throw wrongKey("Basic authorization is needed");
  const credentials = decodeBasic(authorization);
  const key = keys.find(({ keyId, key: secret }) => credentials === `${keyId}:${secret}`);
  if (key === undefined) throw wrongKey("Invalid application key id or application key");
  if (hasEnded(key, now())) throw wrongKey("The application key has expired");
  return key;
}

/** null: every bucket; the name of a deleted one is null. */
function bucketsOf({ buckets }: World, { bucketIds }: ApplicationKey): object[] | null {
  return bucketIds?.map((id) => ({ id, name: buckets.find((bucket) => bucket.id === id)?.name ?? null })) ?? null;
}

/** Before version 4 a key had one bucket or all. */
function onlyBucketOf({ buckets }: World, { bucketIds }: ApplicationKey): object {
  if (bucketIds === undefined) return { bucketId: null, bucketName: null };
  const [id, second] = bucketIds;
  if (id === undefined || second !== undefined)
    throw new B2Problem(401, "unsupported", "Application keys for several buckets need version 4 of the API");
  return { bucketId: id, bucketName: buckets.find((bucket) => bucket.id === id)?.name ?? null };
}

function decodeBasic(authorization: string): string {
  try {
    return atob(authorization.slice("Basic ".length));
  } catch {
    return "";
  }
}
