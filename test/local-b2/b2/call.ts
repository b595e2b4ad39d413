import { badRequest, unauthorized } from "./problem.ts";
import type { Tokens } from "./tokens.ts";
import type { ApplicationKey, Bucket, World } from "./world.ts";

/** A call of the API after its authorization. */
export interface Call {
  world: World;
  tokens: Tokens;
  /** 1 to 4, of `/b2api/v4/`. */
  apiVersion: number;
  key: ApplicationKey;
  /** The JSON body of a POST, or the query of a GET. */
  parameters: Record<string, unknown>;
}

/** Throws 401 when the key lacks a capability, or does not reach a bucket or name. */
export function requireRights(
  { key }: Call,
  capability: string,
  place: { bucketId?: string; fileName?: string } = {},
): void {
  if (!key.capabilities.includes(capability)) throw unauthorized(`Application key lacks the ${capability} capability`);
  if (place.bucketId !== undefined && key.bucketIds !== undefined && !key.bucketIds.includes(place.bucketId)) {
    throw unauthorized("Application key does not reach this bucket");
  }
  if (place.fileName !== undefined && key.namePrefix !== null && !place.fileName.startsWith(key.namePrefix)) {
    throw unauthorized("Application key is limited to a prefix");
  }
}

/** A required text parameter; throws 400 without it. */
export function textOf({ parameters }: Call, name: string): string {
  const value = parameters[name];
  if (typeof value !== "string") throw badRequest(`${name} is required and must be a string`);
  return value;
}

export function optionalTextOf({ parameters }: Call, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badRequest(`${name} must be a string`);
  return value;
}

/** A whole number in a range; throws 400 for another one. */
export function numberOf(
  { parameters }: Call,
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
export function bucketOf({ world }: Call, bucketId: string): Bucket {
  const bucket = world.buckets.find(({ id }) => id === bucketId);
  if (bucket === undefined) throw badRequest(`Bucket id ${bucketId} does not exist`);
  return bucket;
}
