import { bucketOf, type Call, numberOf, optionalTextOf, requireRights, textOf } from "./call.ts";
import { badRequest, unauthorized } from "./problem.ts";
import type { Tokens } from "./tokens.ts";
import { ALL_CAPABILITIES, type ApplicationKey, type World } from "./world.ts";

const RECOMMENDED_PART_BYTES = 100_000_000;
const LEAST_PART_BYTES = 5_000_000;
const WEEK_SECONDS = 604_800;

/** b2_authorize_account, in the shape of each version (platform facts §1.1). */
export function authorizeAccount(
  world: World,
  tokens: Tokens,
  { authorization, apiVersion }: { authorization: string | null; apiVersion: number },
): object {
  const { key } = world;
  if (authorization === null || !authorization.startsWith("Basic "))
    throw unauthorized("Basic authorization is needed");
  if (decodeBasic(authorization) !== `${key.keyId}:${key.key}`)
    throw unauthorized("Invalid application key id or application key");
  const token = tokens.issueAccountToken(key);
  const urls = {
    apiUrl: world.url,
    downloadUrl: world.url,
    recommendedPartSize: RECOMMENDED_PART_BYTES,
    absoluteMinimumPartSize: LEAST_PART_BYTES,
  };
  const account = { accountId: world.accountId, authorizationToken: token };
  if (apiVersion === 4) {
    const allowed = { buckets: bucketsOf(world), capabilities: key.capabilities, namePrefix: key.namePrefix };
    return {
      ...account,
      applicationKeyExpirationTimestamp: null,
      apiInfo: { storageApi: { ...urls, s3ApiUrl: world.url, infoType: "storageApi", allowed } },
    };
  }
  const allowed = { ...onlyBucketOf(world), capabilities: key.capabilities, namePrefix: key.namePrefix };
  if (apiVersion === 3) {
    return {
      ...account,
      applicationKeyExpirationTimestamp: null,
      apiInfo: { storageApi: { ...urls, s3ApiUrl: world.url, infoType: "storageApi", ...allowed } },
    };
  }
  const flat = { ...account, ...urls, minimumPartSize: RECOMMENDED_PART_BYTES, allowed };
  return apiVersion === 2 ? { ...flat, s3ApiUrl: world.url } : flat;
}

/** b2_get_download_authorization: no expiry field in its answer. */
export function getDownloadAuthorization(call: Call): object {
  const bucketId = textOf(call, "bucketId");
  const fileNamePrefix = textOf(call, "fileNamePrefix");
  const validSeconds = numberOf(call, "validDurationInSeconds", { least: 1, most: WEEK_SECONDS });
  bucketOf(call, bucketId);
  requireRights(call, "shareFiles", { bucketId, fileName: fileNamePrefix });
  return {
    bucketId,
    fileNamePrefix,
    authorizationToken: call.tokens.issueDownloadToken(bucketId, fileNamePrefix, validSeconds),
  };
}

/** b2_list_buckets: a key for some buckets must name one of them. */
export function listBuckets(call: Call): object {
  const { world, key } = call;
  requireRights(call, "listBuckets");
  const [bucketId, bucketName] = [optionalTextOf(call, "bucketId"), optionalTextOf(call, "bucketName")];
  if (textOf(call, "accountId") !== world.accountId) throw badRequest("Invalid accountId");
  const asked = world.buckets.filter(({ id, name }) => (bucketId ?? id) === id && (bucketName ?? name) === name);
  const isOpen = key.bucketIds === undefined || bucketId !== undefined || bucketName !== undefined;
  if (!isOpen || asked.some(({ id }) => key.bucketIds?.includes(id) === false))
    throw unauthorized("Application key is limited to other buckets");
  const buckets = asked.map(({ id, name, isPublic }) => ({
    accountId: world.accountId,
    bucketId: id,
    bucketName: name,
    bucketType: isPublic ? "allPublic" : "allPrivate",
    bucketInfo: {},
    corsRules: [],
    lifecycleRules: [],
    revision: 1,
    options: [],
  }));
  return { buckets };
}

/** A key of this name, with all rights but those named. */
export function newKey(parts: Partial<ApplicationKey> & { without?: string[] }): ApplicationKey {
  const capabilities = parts.capabilities ?? ALL_CAPABILITIES.filter((name) => !parts.without?.includes(name));
  return {
    keyId: parts.keyId ?? "local-key-id",
    key: parts.key ?? "local-key",
    capabilities,
    bucketIds: parts.bucketIds,
    namePrefix: parts.namePrefix ?? null,
  };
}

/** null: every bucket; the name of a deleted one is null. */
function bucketsOf({ key, buckets }: World): object[] | null {
  return key.bucketIds?.map((id) => ({ id, name: buckets.find((bucket) => bucket.id === id)?.name ?? null })) ?? null;
}

/** Before version 4 a key had one bucket or all. */
function onlyBucketOf({ key, buckets }: World): { bucketId: string | null; bucketName: string | null } {
  if (key.bucketIds === undefined) return { bucketId: null, bucketName: null };
  const [id, second] = key.bucketIds;
  if (id === undefined || second !== undefined) throw unsupported();
  return { bucketId: id, bucketName: buckets.find((bucket) => bucket.id === id)?.name ?? null };
}

function unsupported(): Error {
  const problem = unauthorized("Application keys for several buckets need version 4 of the API");
  return Object.assign(problem, { code: "unsupported" });
}

function decodeBasic(authorization: string): string {
  try {
    return atob(authorization.slice("Basic ".length));
  } catch {
    return "";
  }
}
