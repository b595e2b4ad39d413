import { type Bucket, type FileVersion, newestVersion } from "./bucket.ts";
import { checkCustomerKey, encryptionFields } from "./encryption.ts";
import { SETTABLE_FIELDS } from "./fields.ts";
import { decodeFileName, encodeName } from "./file-names.ts";
import { findVersion } from "./files.ts";
import { applyOverrides, type Overrides, readOverrides, requireTokenFor } from "./overrides.ts";
import { B2Problem, badRequest, notFound } from "./problem.ts";
import type { World } from "./world.ts";

/** b2_download_file_by_name. `rawName` is as it stands in the URL. Throws `B2Problem`. */
export async function downloadByName(
  world: World,
  { request, bucketName, rawName }: { request: Request; bucketName: string; rawName: string },
): Promise<Response> {
  const fileName = decodeFileName(rawName, world.switches.rawNames);
  const bucket = world.buckets.find(({ name }) => name === bucketName);
  if (bucket === undefined) throw notFound(`Bucket does not exist: ${bucketName}`);
  const { authorization, overrides } = askedFor(request);
  if (!bucket.isPublic) world.tokens.checkDownload(authorization, { bucketId: bucket.id, fileName, overrides });
  await bucket.source?.refreshFile(fileName);
  const version = newestVersion(bucket, fileName);
  if (version?.action !== "upload") throw notFound("File with such name does not exist.");
  return await answer(world, request, { bucket, version, overrides });
}

/** b2_download_file_by_id: with an account token only. Throws `B2Problem`. */
export async function downloadById(world: World, request: Request): Promise<Response> {
  const fileId = new URL(request.url).searchParams.get("fileId");
  if (fileId === null) throw badRequest("fileId is required");
  const { bucket, version } = findVersion(world, fileId) ?? {};
  if (bucket === undefined || version?.action !== "upload") throw notFound(`File not present: ${fileId}`);
  const { authorization, overrides } = askedFor(request);
  const wanted = { bucketId: bucket.id, fileName: version.fileName, overrides };
  if (!bucket.isPublic) world.tokens.checkDownloadById(authorization, wanted);
  return await answer(world, request, { bucket, version, overrides });
}

/** The authorization is in its field, or in the query as B2 allows too. */
function askedFor(request: Request): { authorization: string | null; overrides: Overrides } {
  const query = new URL(request.url).searchParams;
  const authorization = request.headers.get("Authorization") ?? query.get("Authorization");
  const overrides = readOverrides(Object.fromEntries(query));
  requireTokenFor(overrides, authorization);
  return { authorization, overrides };
}

interface Found {
  bucket: Bucket;
  version: FileVersion;
  overrides: Overrides;
}

/** A version's content, for whoever is allowed to read it. */
async function answer(world: World, request: Request, found: Found): Promise<Response> {
  const { content, encryption } = found.version;
  checkCustomerKey(request.headers, encryption);
  const headers = await fieldsOf(found);
  const range = rangeOf(request.headers.get("Range"), content.size);
  const isWhole = range === undefined || range.last - range.first + 1 === content.size;
  const isPart = range !== undefined && (!isWhole || world.switches.wholeRange === "206");
  if (isPart) headers.set("Content-Range", `bytes ${range.first}-${range.last}/${content.size}`);
  const [first, last] = isPart ? [range.first, range.last] : [0, content.size - 1];
  headers.set("Content-Length", String(last - first + 1));
  const body = request.method === "HEAD" || content.size === 0 ? null : content.open(first, last);
  return new Response(body, { status: isPart ? 206 : 200, headers });
}

async function fieldsOf({ bucket, version, overrides }: Found): Promise<Headers> {
  const headers = new Headers({
    "Content-Type": version.contentType,
    "Accept-Ranges": "bytes",
    "X-Bz-File-Id": version.fileId,
    "X-Bz-File-Name": encodeName(version.fileName),
    "X-Bz-Content-Sha1": await version.content.sha1(),
    "X-Bz-Upload-Timestamp": String(version.uploadTimestamp),
    Server: "nginx",
    ...encryptionFields(version.encryption),
  });
  const ofBucket = bucket.info["Cache-Control"];
  if (ofBucket !== undefined) headers.set("Cache-Control", ofBucket);
  else if (!bucket.isPublic) headers.set("Cache-Control", "max-age=0, no-cache, no-store");
  for (const [name, value] of Object.entries(version.info)) {
    const field = SETTABLE_FIELDS[name]?.field;
    headers.set(field ?? `X-Bz-Info-${name}`, field === undefined ? encodeName(value) : value);
  }
  applyOverrides(headers, overrides);
  return headers;
}

/** One range; several or malformed ones are no range. A range that starts behind the end is 416. */
function rangeOf(field: string | null, size: number): { first: number; last: number } | undefined {
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(field ?? "");
  if (match === null) return undefined;
  const [, from, to, suffix] = match;
  const first = suffix === undefined ? Number(from) : Math.max(0, size - Number(suffix));
  const last = suffix === undefined && to !== "" ? Math.min(Number(to), size - 1) : size - 1;
  if (from !== undefined && to !== undefined && to !== "" && Number(to) < Number(from)) return undefined;
  if (first >= size)
    throw new B2Problem(416, "range_not_satisfiable", "The Range in the request is outside the size of the file");
  return { first, last };
}
