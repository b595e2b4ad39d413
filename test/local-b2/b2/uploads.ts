import { bucketOf, type Call, requireRights, textOf } from "./call.ts";
import { type Content, contentOfBytes, contentOfParts, sha1Of } from "./content.ts";
import { checkName, contentTypeOf, decodeName } from "./file-names.ts";
import { describe, findVersion, removeVersion } from "./files.ts";
import { B2Problem, badRequest } from "./problem.ts";
import { addVersion, type Bucket, type FileVersion, newFileId, type World } from "./world.ts";

/** Where uploads may go to, and the parts of the large files that are not finished. */
export class Uploads {
  readonly #tokens = new Map<string, { bucketId: string } | { fileId: string }>();
  readonly #parts = new Map<string, Map<number, { bytes: Uint8Array<ArrayBuffer>; sha1: string }>>();
  /** Called with every finished upload, before it is seen. */
  onStored: (bucket: Bucket, version: FileVersion) => Promise<void> = async () => undefined;

  getUploadUrl(call: Call): object {
    const bucketId = textOf(call, "bucketId");
    bucketOf(call, bucketId);
    requireRights(call, "writeFiles", { bucketId });
    const token = this.#newToken({ bucketId });
    return {
      bucketId,
      uploadUrl: `${call.world.url}/b2api/v${call.apiVersion}/b2_upload_file/${bucketId}`,
      authorizationToken: token,
    };
  }

  getUploadPartUrl(call: Call): object {
    const fileId = textOf(call, "fileId");
    const { bucket } = findVersion(call.world, fileId);
    requireRights(call, "writeFiles", { bucketId: bucket.id });
    const token = this.#newToken({ fileId });
    return {
      fileId,
      uploadUrl: `${call.world.url}/b2api/v${call.apiVersion}/b2_upload_part/${fileId}`,
      authorizationToken: token,
    };
  }

  async uploadFile(world: World, request: Request): Promise<object> {
    const bucket = world.buckets.find(({ id }) => id === this.#placeOf(request, "bucketId"));
    if (bucket === undefined) throw badRequest("The bucket of this upload URL is gone");
    const fileName = decodeName(fieldOf(request, "X-Bz-File-Name"));
    checkName(fileName);
    const { bytes, sha1 } = await readBody(request);
    const checked = sha1 === undefined ? contentOfBytes(bytes) : contentOfBytes(bytes, sha1);
    const version = newVersion(world, bucket, {
      fileName,
      contentType: fieldOf(request, "Content-Type"),
      info: infoOf(request.headers),
      content: checked,
    });
    await this.onStored(bucket, version);
    addVersion(bucket, version);
    return await describe({ world }, bucket, version);
  }

  async startLargeFile(call: Call): Promise<object> {
    const bucket = bucketOf(call, textOf(call, "bucketId"));
    const fileName = textOf(call, "fileName");
    checkName(fileName);
    requireRights(call, "writeFiles", { bucketId: bucket.id, fileName });
    const info = call.parameters.fileInfo;
    const version = newVersion(call.world, bucket, {
      fileName,
      contentType: textOf(call, "contentType"),
      info:
        typeof info === "object" && info !== null
          ? Object.fromEntries(Object.entries(info).map(([name, value]) => [name, String(value)]))
          : {},
      content: contentOfBytes(new Uint8Array()),
      action: "start",
    });
    addVersion(bucket, version);
    this.#parts.set(version.fileId, new Map());
    return await describe(call, bucket, version);
  }

  async uploadPart(request: Request): Promise<object> {
    const fileId = this.#placeOf(request, "fileId");
    const parts = this.#parts.get(fileId);
    const partNumber = Number(fieldOf(request, "X-Bz-Part-Number"));
    if (parts === undefined) throw badRequest("This large file is finished or cancelled");
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000)
      throw badRequest("X-Bz-Part-Number must be from 1 to 10000");
    const { bytes, sha1 } = await readBody(request);
    const part = { bytes, sha1: sha1 ?? (await sha1Of(bytes)) };
    parts.set(partNumber, part);
    return { fileId, partNumber, contentLength: bytes.length, contentSha1: part.sha1, contentMd5: null };
  }

  async finishLargeFile(call: Call): Promise<object> {
    const fileId = textOf(call, "fileId");
    const { bucket, version } = findVersion(call.world, fileId);
    requireRights(call, "writeFiles", { bucketId: bucket.id, fileName: version.fileName });
    const parts = [...(this.#parts.get(fileId)?.entries() ?? [])]
      .sort(([one], [other]) => one - other)
      .map(([, part]) => part);
    const given = call.parameters.partSha1Array;
    if (
      !Array.isArray(given) ||
      given.length !== parts.length ||
      parts.some(({ sha1 }, index) => given[index] !== sha1)
    ) {
      throw badRequest("partSha1Array does not match the parts");
    }
    const finished: FileVersion = {
      ...version,
      action: "upload",
      content: contentOfParts(parts.map(({ bytes }) => bytes)),
    };
    await this.onStored(bucket, finished);
    removeVersion(bucket, version);
    addVersion(bucket, finished);
    this.#parts.delete(fileId);
    return await describe(call, bucket, finished);
  }

  cancelLargeFile(call: Call): object {
    const fileId = textOf(call, "fileId");
    const { bucket, version } = findVersion(call.world, fileId);
    requireRights(call, "writeFiles", { bucketId: bucket.id, fileName: version.fileName });
    if (version.action !== "start") throw badRequest("This large file is finished already");
    removeVersion(bucket, version);
    this.#parts.delete(fileId);
    return { fileId, accountId: call.world.accountId, bucketId: bucket.id, fileName: version.fileName };
  }

  #newToken(place: { bucketId: string } | { fileId: string }): string {
    const token = `4_upload_${crypto.randomUUID()}`;
    this.#tokens.set(token, place);
    return token;
  }

  #placeOf(request: Request, kind: "bucketId" | "fileId"): string {
    const place = this.#tokens.get(request.headers.get("Authorization") ?? "");
    const id = place === undefined ? undefined : Object.entries(place).find(([name]) => name === kind)?.[1];
    if (id === undefined || !request.url.includes(id))
      throw new B2Problem(401, "bad_auth_token", "Invalid upload authorization token");
    return id;
  }
}

export interface NewVersion {
  fileName: string;
  contentType: string;
  info: Record<string, string>;
  content: Content;
  action?: "upload" | "start";
}

/** A version of now; `b2/x-auto` becomes the type of the name's ending. */
export function newVersion(
  world: World,
  bucket: Bucket,
  { contentType, action = "upload", ...file }: NewVersion,
): FileVersion {
  const uploadTimestamp = world.now();
  const type = contentType === "b2/x-auto" || contentType === "" ? contentTypeOf(file.fileName) : contentType;
  return {
    ...file,
    action,
    contentType: type,
    bucketId: bucket.id,
    fileId: newFileId(bucket.id, uploadTimestamp),
    uploadTimestamp,
  };
}

/** Checks the SHA-1: before the content, after it (`hex_digits_at_end`), or not at all. */
async function readBody(request: Request): Promise<{ bytes: Uint8Array<ArrayBuffer>; sha1: string | undefined }> {
  const body = new Uint8Array(await request.arrayBuffer());
  const claimed = fieldOf(request, "X-Bz-Content-Sha1");
  if (claimed === "do_not_verify") return { bytes: body, sha1: undefined };
  const atEnd = claimed === "hex_digits_at_end";
  const bytes = atEnd ? body.subarray(0, -40) : body;
  const expected = (atEnd ? new TextDecoder().decode(body.subarray(-40)) : claimed).replace(/^unverified:/, "");
  const sha1 = await sha1Of(bytes);
  if (sha1 !== expected) throw badRequest("Sha1 did not match data received");
  return { bytes, sha1 };
}

function infoOf(headers: Headers): Record<string, string> {
  const fields = [...headers].filter(([name]) => name.startsWith("x-bz-info-"));
  return Object.fromEntries(fields.map(([name, value]) => [name.slice("x-bz-info-".length), decodeName(value)]));
}

function fieldOf(request: Request, name: string): string {
  const value = request.headers.get(name);
  if (value === null) throw badRequest(`Missing header: ${name}`);
  return value;
}
