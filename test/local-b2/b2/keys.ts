import { ALL_CAPABILITIES, type ApplicationKey, KEY_CAPABILITIES, MASTER_KEY } from "./application-key.ts";
import {
  bucketOf,
  type Call,
  numberOf,
  optionalTextOf,
  optionalTextsOf,
  requireAccountRights,
  requireRights,
  textOf,
} from "./call.ts";
import { badRequest } from "./problem.ts";

const MOST_KEYS = 10_000;
/** 1,000 days. */
const MOST_SECONDS = 86_400_000;

/** b2_create_key: the only answer that has the key's secret part. */
export function createKey(call: Call): object {
  const { world } = call;
  requireAccountRights(call, "writeKeys");
  const name = textOf(call, "keyName");
  if (!/^[A-Za-z0-9-]{1,100}$/.test(name)) throw badRequest("keyName must be 1 to 100 letters, digits and hyphens");
  const key: ApplicationKey = {
    keyId: `00${world.accountId}${String(nextNumber()).padStart(10, "0")}`,
    key: `K00${crypto.randomUUID().replaceAll("-", "").slice(0, 28)}`,
    name,
    capabilities: newCapabilities(call),
    bucketIds: newBucketIds(call),
    namePrefix: optionalTextOf(call, "namePrefix") || null,
    expiresAt: newEnd(call),
  };
  if (key.namePrefix !== null && key.bucketIds === undefined) throw badRequest("namePrefix needs bucketIds");
  if (key.bucketIds !== undefined && key.capabilities.some((each) => KEY_CAPABILITIES.includes(each)))
    throw badRequest(`${KEY_CAPABILITIES.join(", ")} are only for keys that reach every bucket`);
  world.keys.push(key);
  return { ...describeKey(call, key), applicationKey: key.key };
}

/** b2_list_keys: every key but the master key. */
export function listKeys(call: Call): object {
  const { world } = call;
  requireAccountRights(call, "listKeys");
  const most = numberOf(call, "maxKeyCount", { least: 1, most: MOST_KEYS, fallback: 100 });
  const start = optionalTextOf(call, "startApplicationKeyId") ?? "";
  const keys = world.keys
    .filter((key) => key !== MASTER_KEY && key.keyId >= start)
    .sort((one, other) => (one.keyId < other.keyId ? -1 : 1));
  return {
    keys: keys.slice(0, most).map((key) => describeKey(call, key)),
    nextApplicationKeyId: keys[most]?.keyId ?? null,
  };
}

/** b2_delete_key: its account tokens are dead at once. */
export function deleteKey(call: Call): object {
  const { world } = call;
  requireRights(call, "deleteKeys");
  const keyId = textOf(call, "applicationKeyId");
  const key = world.keys.find((each) => each !== MASTER_KEY && each.keyId === keyId);
  if (key === undefined) throw badRequest(`Application key ${keyId} does not exist`);
  world.keys = world.keys.filter((each) => each !== key);
  return describeKey(call, key);
}

/** Version 4 tells every bucket of a key, older ones had one at most. */
function describeKey({ world, apiVersion }: Call, key: ApplicationKey): object {
  const bucketIds = key.bucketIds ?? null;
  return {
    accountId: world.accountId,
    applicationKeyId: key.keyId,
    ...(apiVersion === 4 ? { bucketIds } : { bucketId: bucketIds?.[0] ?? null }),
    capabilities: key.capabilities,
    expirationTimestamp: key.expiresAt,
    keyName: key.name,
    namePrefix: key.namePrefix,
    options: ["s3"],
  };
}

function newCapabilities(call: Call): string[] {
  const capabilities = optionalTextsOf(call, "capabilities") ?? [];
  if (capabilities.length === 0) throw badRequest("capabilities must not be empty");
  const unknown = capabilities.filter((each) => !ALL_CAPABILITIES.includes(each));
  if (unknown.length > 0) throw badRequest(`Unknown capabilities: ${unknown.join(", ")}`);
  const foreign = capabilities.filter((each) => !call.key.capabilities.includes(each));
  if (foreign.length > 0) throw badRequest(`The key that asks lacks them itself: ${foreign.join(", ")}`);
  return capabilities;
}

function newBucketIds(call: Call): string[] | undefined {
  const isOld = call.apiVersion < 4;
  if (!isOld && call.parameters.bucketId !== undefined) throw badRequest("Version 4 has bucketIds, not bucketId");
  const oldId = isOld ? optionalTextOf(call, "bucketId") : undefined;
  const bucketIds = isOld ? oldId && [oldId] : optionalTextsOf(call, "bucketIds");
  if (!bucketIds) return undefined;
  return bucketIds.map((id) => bucketOf(call, id).id);
}

function newEnd(call: Call): number | null {
  const seconds = call.parameters.validDurationInSeconds;
  if (seconds === undefined || seconds === null) return null;
  return call.world.now() + numberOf(call, "validDurationInSeconds", { least: 1, most: MOST_SECONDS }) * 1000;
}

let lastNumber = 0;

function nextNumber(): number {
  lastNumber += 1;
  return lastNumber;
}
