import type { ApplicationKey } from "./application-key.ts";
import type { Bucket } from "./bucket.ts";
import { B2Problem, badRequest, unauthorized } from "./problem.ts";
import type { World } from "./world.ts";

/** A call of the API after its authorization. */
export interface Call {
  world: World;
  /** 1 to 4, of `/b2api/v4/`. */
  apiVersion: number;
  key: ApplicationKey;
  /** The JSON body of a POST, or the query of a GET. */
  parameters: Record<string, unknown>;
}

/** Throws 401 (or 403, by the switch) when the key lacks a capability, or does not reach a bucket or name. */
export function requireRights(
  { world, key }: Pick<Call, "world" | "key">,
  capability: string,
  place: { bucketId?: string; fileName?: string } = {},
): void {
  if (!key.capabilities.includes(capability))
    throw unauthorized(world, `Application key lacks the ${capability} capability`);
  if (place.bucketId !== undefined && key.bucketIds?.includes(place.bucketId) === false)
    throw unauthorized(world, "Application key does not reach this bucket");
  if (place.fileName !== undefined && !place.fileName.startsWith(key.namePrefix ?? ""))
    throw unauthorized(world, "Application key is limited to a prefix");
}

/** For calls about the whole account: also throws for a key that is limited to buckets, and 400 for another account. */
export function requireAccountRights(call: Call, capability: string): void {
  requireRights(call, capability);
  if (call.key.bucketIds !== undefined) throw unauthorized(call.world, "Application key is limited to some buckets");
  requireOwnAccount(call);
}

/** Throws 400 for an `accountId` that is not ours. */
export function requireOwnAccount(call: Call): void {
  if (textOf(call, "accountId") !== call.world.accountId) throw badRequest("Invalid accountId");
}

/** A required text parameter; throws 400 without it. */
export function textOf({ parameters }: Pick<Call, "parameters">, name: string): string {
  const value = parameters[name];
  if (typeof value !== "string") throw badRequest(`${name} is required and must be a string`);
  return value;
}

/** An optional text; throws 400 for anything else. */
export function optionalTextOf({ parameters }: Pick<Call, "parameters">, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badRequest(`${name} must be a string`);
  return value;
}

/** An optional list of texts; throws 400 for anything else. */
export function optionalTextsOf({ parameters }: Pick<Call, "parameters">, name: string): string[] | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string"))
    throw badRequest(`${name} must be a list of strings`);
  return value;
}

/** An optional object of texts, such as `fileInfo`; throws 400 for anything else. */
export function optionalInfoOf(
  { parameters }: Pick<Call, "parameters">,
  name: string,
): Record<string, string> | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  const info: Record<string, unknown> = { ...Object(value) };
  const texts = Object.entries(info).flatMap(([each, text]) => (typeof text === "string" ? [[each, text]] : []));
  if (typeof value !== "object" || texts.length < Object.keys(info).length)
    throw badRequest(`${name} must be an object of strings`);
  return Object.fromEntries(texts);
}

/** A whole number in a range; throws 400 for another one, and without one unless there is a fallback. */
export function numberOf(
  { parameters }: Pick<Call, "parameters">,
  name: string,
  { least, most, fallback }: { least: number; most: number; fallback?: number },
): number {
  const value = parameters[name] ?? fallback;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < least || number > most) {
    throw badRequest(`${name} must be a whole number from ${least} to ${most}`);
  }
  return number;
}

/** The bucket of an id; throws 400 when there is none. */
export function bucketOf({ world }: Pick<Call, "world">, bucketId: string): Bucket {
  const bucket = world.buckets.find(({ id }) => id === bucketId);
  if (bucket === undefined) throw new B2Problem(400, "bad_bucket_id", `Bucket id ${bucketId} does not exist`);
  return bucket;
}
