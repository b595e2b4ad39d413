import { type Bucket, newBucket } from "./bucket.ts";
import {
  bucketOf,
  type Call,
  optionalInfoOf,
  optionalTextOf,
  optionalTextsOf,
  requireAccountRights,
  requireOwnAccount,
  requireRights,
  textOf,
} from "./call.ts";
import { describeEncryption, encryptionOfParameter } from "./encryption.ts";
import { checkField, SETTABLE_FIELDS } from "./fields.ts";
import { B2Problem, badRequest, unauthorized } from "./problem.ts";

const TYPES = ["allPublic", "allPrivate"];
const MOST_BUCKETS = 100;

/** b2_list_buckets: a key for some buckets must name one of them. */
export function listBuckets(call: Call): object {
  const { world, key } = call;
  requireRights(call, "listBuckets");
  const [bucketId, bucketName] = [optionalTextOf(call, "bucketId"), optionalTextOf(call, "bucketName")];
  requireOwnAccount(call);
  const types = typesOf(call);
  const named = world.buckets.filter(({ id, name }) => (bucketId ?? id) === id && (bucketName ?? name) === name);
  const isOpen = key.bucketIds === undefined || bucketId !== undefined || bucketName !== undefined;
  if (!isOpen || named.some(({ id }) => key.bucketIds?.includes(id) === false))
    throw unauthorized(world, "Application key is limited to other buckets");
  const asked = named.filter((bucket) => types === undefined || types.includes(typeOf(bucket)));
  return { buckets: asked.map((bucket) => describeBucket(call, bucket)) };
}

/** b2_create_bucket: with a key for the whole account. */
export function createBucket(call: Call): object {
  const { world } = call;
  requireAccountRights(call, "writeBuckets");
  const name = textOf(call, "bucketName");
  if (!/^(?!b2-)[A-Za-z0-9-]{6,63}$/.test(name))
    throw badRequest("Bucket names are 6 to 63 letters, digits and hyphens, and do not start with b2-");
  if (world.buckets.some((bucket) => bucket.name.toLowerCase() === name.toLowerCase()))
    throw new B2Problem(400, "duplicate_bucket_name", "Bucket name is already in use.");
  if (world.buckets.length >= MOST_BUCKETS) throw new B2Problem(400, "too_many_buckets", "There are 100 buckets");
  textOf(call, "bucketType");
  const bucket = newBucket(name, false);
  changeSettings(call, bucket);
  world.buckets = [...world.buckets, bucket];
  return describeBucket(call, bucket);
}

/** b2_update_bucket: each setting that is given replaces the one before. */
export function updateBucket(call: Call): object {
  requireRights(call, "writeBuckets");
  requireOwnAccount(call);
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  requireRights(call, "writeBuckets", { bucketId: bucket.id });
  const { ifRevisionIs } = call.parameters;
  if (ifRevisionIs !== undefined && ifRevisionIs !== bucket.revision)
    throw new B2Problem(409, "conflict", "The bucket has another revision");
  changeSettings(call, bucket);
  bucket.revision += 1;
  return describeBucket(call, bucket);
}

/** b2_delete_bucket: only an empty one. */
export function deleteBucket(call: Call): object {
  const { world } = call;
  requireRights(call, "deleteBuckets");
  requireOwnAccount(call);
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  requireRights(call, "deleteBuckets", { bucketId: bucket.id });
  if (bucket.files.size > 0)
    throw new B2Problem(400, "cannot_delete_non_empty_bucket", "Cannot delete non-empty bucket");
  world.buckets = world.buckets.filter((each) => each !== bucket);
  return describeBucket(call, bucket);
}

/** Checks everything before it changes anything. Throws 400. */
function changeSettings(call: Call, bucket: Bucket): void {
  const type = optionalTextOf(call, "bucketType") ?? typeOf(bucket);
  if (!TYPES.includes(type)) throw badRequest(`bucketType must be ${TYPES.join(" or ")}`);
  for (const missing of ["replicationConfiguration", "fileLockEnabled", "defaultRetention"]) {
    if (call.parameters[missing]) throw badRequest(`The local B2 has no ${missing}`);
  }
  const info = optionalInfoOf(call, "bucketInfo") ?? bucket.info;
  checkBucketInfo(info);
  const corsRules = rulesOf(call, "corsRules") ?? bucket.corsRules;
  const lifecycleRules = rulesOf(call, "lifecycleRules") ?? bucket.lifecycleRules;
  const defaultEncryption =
    encryptionOfParameter(call.parameters.defaultServerSideEncryption) ?? bucket.defaultEncryption;
  if (defaultEncryption.mode === "SSE-C") throw badRequest("A bucket's default encryption cannot be SSE-C");
  Object.assign(bucket, { isPublic: type === "allPublic", info, corsRules, lifecycleRules, defaultEncryption });
}

/** Throws 400. Its `Cache-Control` is that of each file without one of its own. */
export function checkBucketInfo(info: Record<string, string>): void {
  const names = Object.keys(info);
  if (names.length > 10 || names.some((name) => !/^[A-Za-z0-9-]{1,50}$/.test(name)))
    throw badRequest("bucketInfo may have 10 members, with names of letters, digits and hyphens");
  const [settable, value] = [SETTABLE_FIELDS["b2-cache-control"], info["Cache-Control"]];
  if (settable !== undefined && value !== undefined) checkField(settable, "Cache-Control", value);
}

/** They are kept and told; nobody here acts by them. */
function rulesOf({ parameters }: Call, name: string): object[] | undefined {
  const rules = parameters[name];
  if (rules === undefined || rules === null) return undefined;
  if (!Array.isArray(rules) || rules.some((rule) => typeof rule !== "object" || rule === null))
    throw badRequest(`${name} must be a list of objects`);
  return rules;
}

function typesOf(call: Call): string[] | undefined {
  const types = optionalTextsOf(call, "bucketTypes");
  if (types?.length === 0 || (types?.includes("all") && types.length > 1))
    throw badRequest('bucketTypes must be ["all"] or a list of types');
  return types?.includes("all") ? undefined : types;
}

function typeOf({ isPublic }: Bucket): string {
  return isPublic ? "allPublic" : "allPrivate";
}

/** What a key may not read is null, and said to be so. */
function describeBucket({ world, key }: Call, bucket: Bucket): object {
  const readable = (capability: string, value: object | null) => {
    const isClientAuthorizedToRead = key.capabilities.includes(capability);
    return { isClientAuthorizedToRead, value: isClientAuthorizedToRead ? value : null };
  };
  return {
    accountId: world.accountId,
    bucketId: bucket.id,
    bucketInfo: bucket.info,
    bucketName: bucket.name,
    bucketType: typeOf(bucket),
    corsRules: bucket.corsRules,
    defaultServerSideEncryption: readable("readBucketEncryption", describeEncryption(bucket.defaultEncryption)),
    fileLockConfiguration: readable("readBucketRetentions", {
      defaultRetention: { mode: null, period: null },
      isFileLockEnabled: false,
    }),
    lifecycleRules: bucket.lifecycleRules,
    options: ["s3"],
    replicationConfiguration: readable("readBucketReplications", null),
    revision: bucket.revision,
  };
}
