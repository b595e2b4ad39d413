import { LEAST_PART_BYTES } from "./accounts.ts";
import { addVersion, type FileVersion, newVersion, removeVersion } from "./bucket.ts";
import { bucketOf, type Call, optionalInfoOf, optionalTextsOf, requireRights, textOf } from "./call.ts";
import { contentOfBytes, contentOfParts } from "./content.ts";
import { describeEncryption, encryptionOfFields, encryptionOfParameter, isSameEncryption } from "./encryption.ts";
import { deleteVersion, describeVersion, findUnfinished } from "./files.ts";
import { B2Problem, badRequest } from "./problem.ts";
import { readUpload, requiredField } from "./upload-body.ts";
import type { World } from "./world.ts";

export interface Part {
  bytes: Uint8Array<ArrayBuffer>;
  sha1: string;
  uploadTimestamp: number;
}

/** The parts of the large files that are not finished, by file id. */
export class LargeFiles {
  readonly #parts = new Map<string, Map<number, Part>>();

  /** The parts of a large file, by number; kept for it from the first time that they are asked for. */
  partsOf(fileId: string): Map<number, Part> {
    const parts = this.#parts.get(fileId) ?? new Map<number, Part>();
    this.#parts.set(fileId, parts);
    return parts;
  }

  /** The file is finished or cancelled. */
  forget(fileId: string): void {
    this.#parts.delete(fileId);
  }

  /** What the API tells of the new part. */
  addPart(version: FileVersion, partNumber: number, part: Part): object {
    this.partsOf(version.fileId).set(partNumber, part);
    return this.describeParts(version).find((each) => each.partNumber === partNumber) ?? {};
  }

  /** What the API tells of the parts, in their order. */
  describeParts({ fileId, encryption }: FileVersion) {
    return [...this.partsOf(fileId)]
      .sort(([one], [other]) => one - other)
      .map(([partNumber, { bytes, sha1, uploadTimestamp }]) => ({
        fileId,
        partNumber,
        contentLength: bytes.length,
        contentMd5: null,
        contentSha1: sha1,
        serverSideEncryption: describeEncryption(encryption),
        uploadTimestamp,
      }));
  }
}

/** b2_start_large_file. */
export async function startLargeFile(call: Call): Promise<object> {
  const bucket = bucketOf(call, textOf(call, "bucketId"));
  const fileName = textOf(call, "fileName");
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName });
  const version = newVersion(bucket, {
    fileName,
    contentType: textOf(call, "contentType"),
    info: optionalInfoOf(call, "fileInfo") ?? {},
    content: contentOfBytes(new Uint8Array()),
    action: "start",
    encryption: encryptionOfParameter(call.parameters.serverSideEncryption),
    uploadTimestamp: call.world.now(),
  });
  addVersion(bucket, version);
  return await describeVersion(call, version);
}

/** b2_get_upload_part_url. */
export function getUploadPartUrl(call: Call): object {
  const { world, key, apiVersion } = call;
  const fileId = textOf(call, "fileId");
  const { bucket, version } = findUnfinished(world, fileId);
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName: version.fileName });
  return {
    fileId,
    uploadUrl: `${world.url}/b2api/v${apiVersion}/b2_upload_part/${fileId}`,
    authorizationToken: world.tokens.issueUploadToken(key, fileId),
  };
}

/** b2_upload_part. `fileId` is of the URL. */
export async function uploadPart(world: World, request: Request, fileId: string): Promise<object> {
  world.tokens.uploadKey(request, fileId);
  const { version } = findUnfinished(world, fileId);
  const partNumber = Number(requiredField(request, "X-Bz-Part-Number"));
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000)
    throw badRequest("X-Bz-Part-Number must be from 1 to 10000");
  const encryption = encryptionOfFields(request.headers) ?? version.encryption;
  if (!isSameEncryption(encryption, version.encryption) || isMissingKey(request, version))
    throw badRequest("A part needs the same server-side encryption as its large file");
  const { bytes, sha1 } = await readUpload(request);
  return world.largeFiles.addPart(version, partNumber, {
    bytes,
    sha1: sha1.replace("unverified:", ""),
    uploadTimestamp: world.now(),
  });
}

function isMissingKey(request: Request, { encryption }: FileVersion): boolean {
  return encryption.mode === "SSE-C" && encryptionOfFields(request.headers) === undefined;
}

/** b2_finish_large_file. */
export async function finishLargeFile(call: Call): Promise<object> {
  const { world } = call;
  const fileId = textOf(call, "fileId");
  const { bucket, version } = findUnfinished(world, fileId);
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName: version.fileName });
  const parts = checkedParts(call, world.largeFiles.partsOf(fileId));
  const finished: FileVersion = { ...version, action: "upload", content: contentOfParts(parts) };
  await bucket.source?.keep(finished);
  removeVersion(bucket, version);
  addVersion(bucket, finished);
  world.largeFiles.forget(fileId);
  world.events.emit(bucket, "b2:ObjectCreated:MultipartUpload", finished);
  return await describeVersion(call, finished);
}

/** b2_cancel_large_file. */
export async function cancelLargeFile(call: Call): Promise<object> {
  const { world } = call;
  const fileId = textOf(call, "fileId");
  const { bucket, version } = findUnfinished(world, fileId);
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName: version.fileName });
  await deleteVersion(world, bucket, version);
  return { fileId, accountId: world.accountId, bucketId: bucket.id, fileName: version.fileName };
}

/** The contents in order. Throws 400 when they are not as the client says, or not as large files are made. */
function checkedParts(call: Call, uploaded: Map<number, Part>): Uint8Array<ArrayBuffer>[] {
  const given = optionalTextsOf(call, "partSha1Array") ?? [];
  if (given.length < 2) throw badRequest("large files must have at least 2 parts");
  const parts = given.map((_, index) => {
    const part = uploaded.get(index + 1);
    if (part === undefined) throw new B2Problem(400, "missing_part", `Part number ${index + 1} has not been uploaded`);
    return part;
  });
  if (uploaded.size > given.length) throw badRequest(`${uploaded.size} parts were uploaded, not ${given.length}`);
  if (parts.some(({ sha1 }, index) => sha1 !== given[index]?.toLowerCase()))
    throw new B2Problem(400, "part_sha1_mismatch", "partSha1Array does not match the parts");
  const small = parts.slice(0, -1).findIndex(({ bytes }) => bytes.length < LEAST_PART_BYTES);
  if (small >= 0) throw badRequest(`part number ${small + 1} is smaller than ${LEAST_PART_BYTES} bytes`);
  return parts.map(({ bytes }) => bytes);
}
