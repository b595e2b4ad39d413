import { sha1Of } from "./content.ts";
import { B2Problem, badRequest } from "./problem.ts";

export interface UploadBody {
  bytes: Uint8Array<ArrayBuffer>;
  /** As B2 tells it from then on: 40 hex digits, or `unverified:` and what the uploader said. */
  sha1: string;
}

const HEX = /^[0-9a-f]{40}$/i;

/**
 * Reads the content of an upload and checks its SHA-1, which stands before it, after it (`hex_digits_at_end`), or nowhere
 * (`do_not_verify`). Throws 400.
 */
export async function readUpload(request: Request): Promise<UploadBody> {
  const claimed = requiredField(request, "X-Bz-Content-Sha1");
  const body = new Uint8Array(await request.arrayBuffer());
  const stated = request.headers.get("Content-Length");
  if (stated !== null && Number(stated) !== body.length)
    throw badRequest(`Content-Length is ${stated}, and ${body.length} bytes came`);
  if (claimed === "do_not_verify") return { bytes: body, sha1: `unverified:${await sha1Of(body)}` };
  const [, unverified] = /^unverified:(.*)$/.exec(claimed) ?? [];
  const atEnd = claimed === "hex_digits_at_end";
  const bytes = atEnd ? body.subarray(0, -40) : body;
  const expected = atEnd ? new TextDecoder().decode(body.subarray(-40)) : (unverified ?? claimed);
  if (!HEX.test(expected)) throw badRequest(`Invalid SHA-1: ${claimed}`);
  if (unverified !== undefined) return { bytes, sha1: `unverified:${expected.toLowerCase()}` };
  const sha1 = await sha1Of(bytes);
  if (sha1 !== expected.toLowerCase()) throw new B2Problem(400, "bad_request", "Sha1 did not match data received");
  return { bytes, sha1 };
}

/** A field that an upload must have; throws 400 without it. */
export function requiredField(request: Request, name: string): string {
  const value = request.headers.get(name);
  if (value === null) throw badRequest(`Missing header: ${name}`);
  return value;
}
