import { CONTENT_TYPE, checkField, SETTABLE_FIELDS } from "./fields.ts";
import { B2Problem, badRequest, unauthorized } from "./problem.ts";
import type { World } from "./world.ts";

/** Values for fields of a download, laid over those of the file; by parameter, such as `b2ContentDisposition`. */
export type Overrides = Record<string, string>;

const OVERRIDABLE = [...Object.values(SETTABLE_FIELDS), CONTENT_TYPE];

/** Reads them from the query of a download or the body of b2_get_download_authorization. Throws 400. */
export function readOverrides(parameters: Record<string, unknown>): Overrides {
  const overrides: Overrides = {};
  for (const settable of OVERRIDABLE) {
    const value = parameters[settable.parameter];
    if (value === undefined || value === null) continue;
    if (typeof value !== "string") throw badRequest(`${settable.parameter} must be a string`);
    checkField(settable, settable.parameter, value);
    overrides[settable.parameter] = value;
  }
  return overrides;
}

/** Puts them into the fields of a download. */
export function applyOverrides(fields: Headers, overrides: Overrides): void {
  for (const { field, parameter } of OVERRIDABLE) {
    const value = overrides[parameter];
    if (value !== undefined) fields.set(field, value);
  }
}

/** A download with a token that was made for some values must ask for the same ones. Throws 401, or 403 by the switch. */
export function requireOverrides(world: World, promised: Overrides, asked: Overrides): void {
  const missing = Object.entries(promised).find(([parameter, value]) => asked[parameter] !== value);
  if (missing !== undefined) throw unauthorized(world, `The token is only for downloads with its own ${missing[0]}`);
}

/** Even from a public bucket nobody gets other fields without a token. Throws 401. */
export function requireTokenFor(overrides: Overrides, authorization: string | null): void {
  if (Object.keys(overrides).length > 0 && authorization === null)
    throw new B2Problem(401, "missing_auth_token", "b2* parameters need an authorization token");
}
