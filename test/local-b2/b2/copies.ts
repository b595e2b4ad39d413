import { addVersion, type Bucket, type FileVersion, newVersion } from "./bucket.ts";
import { bucketOf, type Call, numberOf, optionalInfoOf, optionalTextOf, requireRights, textOf } from "./call.ts";
import { type Content, contentOfBytes, sha1Of } from "./content.ts";
import { encryptionOfParameter, isSameEncryption } from "./encryption.ts";
import { describeVersion, findUnfinished, findVersion } from "./files.ts";
import { B2Problem, badRequest, notFound } from "./problem.ts";

/** b2_copy_file: a file, or a range of it, under another name or in another bucket. */
export async function copyFile(call: Call): Promise<object> {
  const { bucket, version } = findSource(call);
  const target = bucketOf(call, optionalTextOf(call, "destinationBucketId") ?? bucket.id);
  const fileName = textOf(call, "fileName");
  requireRights(call, "writeFiles", { bucketId: target.id, fileName });
  const copy = newVersion(target, {
    fileName,
    ...describedAnew(call, version),
    content: await contentOfRange(call, version.content),
    encryption: encryptionOfParameter(call.parameters.destinationServerSideEncryption),
    uploadTimestamp: call.world.now(),
  });
  await target.source?.keep(copy);
  addVersion(target, copy);
  call.world.events.emit(target, "b2:ObjectCreated:Copy", copy);
  return await describeVersion(call, copy);
}

/** b2_copy_part: a range of a file becomes a part of a large one. */
export async function copyPart(call: Call): Promise<object> {
  const { world } = call;
  const { version: source } = findSource(call);
  const { bucket, version } = findUnfinished(world, textOf(call, "largeFileId"));
  requireRights(call, "writeFiles", { bucketId: bucket.id, fileName: version.fileName });
  const partNumber = numberOf(call, "partNumber", { least: 1, most: 10_000 });
  const bytes = await bytesOf(await contentOfRange(call, source.content));
  return world.largeFiles.addPart(version, partNumber, {
    bytes,
    sha1: await sha1Of(bytes),
    uploadTimestamp: world.now(),
  });
}

/** Throws 404 without it, 400 when it is encrypted with a key that the call does not bring, and for lack of rights. */
function findSource(call: Call): { bucket: Bucket; version: FileVersion } {
  const fileId = textOf(call, "sourceFileId");
  const found = findVersion(call.world, fileId);
  if (found?.version.action !== "upload") throw notFound(`File not present: ${fileId}`);
  requireRights(call, "readFiles", { bucketId: found.bucket.id, fileName: found.version.fileName });
  const given = encryptionOfParameter(call.parameters.sourceServerSideEncryption);
  const { encryption } = found.version;
  if (encryption.mode === "SSE-C" && (given === undefined || !isSameEncryption(given, encryption)))
    throw badRequest("The source is encrypted with a customer's key, which sourceServerSideEncryption must have");
  return found;
}

/** As the source is described (`COPY`, the usual), or as the call says (`REPLACE`). Throws 400 for a mixture. */
function describedAnew(call: Call, source: FileVersion): { contentType: string; info: Record<string, string> } {
  const directive = optionalTextOf(call, "metadataDirective") ?? "COPY";
  const [contentType, info] = [optionalTextOf(call, "contentType"), optionalInfoOf(call, "fileInfo")];
  if (directive === "COPY" && contentType === undefined && info === undefined)
    return { contentType: source.contentType, info: source.info };
  if (directive !== "REPLACE" || contentType === undefined)
    throw badRequest("contentType and fileInfo are for the metadataDirective REPLACE, which needs a contentType");
  return { contentType, info: info ?? {} };
}

/** Throws 400 for what is no range, and 416 for one outside of the file. */
async function contentOfRange(call: Call, content: Content): Promise<Content> {
  const range = optionalTextOf(call, "range");
  if (range === undefined) return content;
  const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (first === "") throw badRequest("range must be bytes=first-last");
  if (Number(first) > Number(last) || Number(last) >= content.size)
    throw new B2Problem(416, "range_not_satisfiable", "The range is outside of the file");
  const bytes = content.open(Number(first), Number(last));
  return contentOfBytes(new Uint8Array(await new Response(bytes).arrayBuffer()));
}

async function bytesOf(content: Content): Promise<Uint8Array<ArrayBuffer>> {
  if (content.size === 0) return new Uint8Array();
  return new Uint8Array(await new Response(content.open(0, content.size - 1)).arrayBuffer());
}
