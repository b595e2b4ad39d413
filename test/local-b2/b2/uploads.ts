import { addVersion, newVersion } from "./bucket.ts";
import { bucketOf, type Call, requireRights, textOf } from "./call.ts";
import { contentOfBytes } from "./content.ts";
import { encryptionOfFields } from "./encryption.ts";
import { decodeFileName, decodeText } from "./file-names.ts";
import { describeVersion } from "./files.ts";
import { B2Problem, badRequest } from "./problem.ts";
import type { Switches } from "./switches.ts";
import { readUpload, requiredField } from "./upload-body.ts";
import type { World } from "./world.ts";

/** They would describe the content of the upload itself; a file's own are `X-Bz-Info-b2-*`. */
const FORBIDDEN_FIELDS = [
  "Content-Disposition",
  "Content-Encoding",
  "Content-Language",
  "Content-Location",
  "Content-Range",
  "Expires",
];

/** b2_get_upload_url. */
export function getUploadUrl(call: Call): object {
  const { world, key, apiVersion } = call;
  const bucketId = textOf(call, "bucketId");
  bucketOf(call, bucketId);
  requireRights(call, "writeFiles", { bucketId });
  return {
    bucketId,
    uploadUrl: `${world.url}/b2api/v${apiVersion}/b2_upload_file/${bucketId}`,
    authorizationToken: world.tokens.issueUploadToken(key, bucketId),
  };
}

/** b2_upload_file: the name and all else in fields, the content as the body. `bucketId` is of the URL. */
export async function uploadFile(world: World, request: Request, bucketId: string): Promise<object> {
  const key = world.tokens.uploadKey(request, bucketId);
  const bucket = world.buckets.find(({ id }) => id === bucketId);
  if (bucket === undefined) throw new B2Problem(400, "bad_bucket_id", "The bucket of this upload URL is gone");
  const forbidden = FORBIDDEN_FIELDS.find((name) => request.headers.has(name));
  if (forbidden !== undefined) throw badRequest(`An upload must not have the field ${forbidden}`);
  const fileName = decodeFileName(requiredField(request, "X-Bz-File-Name"), world.switches.rawNames);
  requireRights({ world, key }, "writeFiles", { bucketId, fileName });
  const contentType = requiredField(request, "Content-Type");
  const { bytes, sha1 } = await readUpload(request);
  const version = newVersion(bucket, {
    fileName,
    contentType,
    info: infoOf(request.headers, world.switches.rawNames),
    content: contentOfBytes(bytes, sha1),
    encryption: encryptionOfFields(request.headers),
    uploadTimestamp: world.now(),
  });
  await bucket.source?.keep(version);
  addVersion(bucket, version);
  world.events.emit(bucket, "b2:ObjectCreated:Upload", version);
  return await describeVersion({ world, key }, version);
}

function infoOf(fields: Headers, rawNames: Switches["rawNames"]): Record<string, string> {
  const prefix = "x-bz-info-";
  const own = [...fields].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), decodeText(value, rawNames)]));
}
