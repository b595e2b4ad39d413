import { decodeUrlName, encodeName } from "./file-names.ts";
import { B2Problem, notFound } from "./problem.ts";
import type { Tokens } from "./tokens.ts";
import { type Bucket, type FileVersion, newestVersion, type World } from "./world.ts";

/** `b2-*` of a file's info become fields of their own. */
const INFO_FIELDS: Record<string, string> = {
  "b2-cache-control": "Cache-Control",
  "b2-content-disposition": "Content-Disposition",
  "b2-content-encoding": "Content-Encoding",
  "b2-content-language": "Content-Language",
  "b2-expires": "Expires",
};

/** b2_download_file_by_name. `rawName` is as it stands in the URL. Throws `B2Problem`. */
export async function downloadByName(
  world: World,
  tokens: Tokens,
  { request, bucketName, rawName }: { request: Request; bucketName: string; rawName: string },
): Promise<Response> {
  const fileName = decodeUrlName(rawName);
  const bucket = world.buckets.find(({ name }) => name === bucketName);
  if (bucket === undefined) throw notFound(`Bucket does not exist: ${bucketName}`);
  if (!bucket.isPublic) tokens.checkDownload(authorizationOf(request), { bucketId: bucket.id, fileName });
  const version = newestVersion(bucket, fileName);
  if (version === undefined || version.action !== "upload") throw notFound("File with such name does not exist.");
  return await answer(request, bucket, version);
}

/** A version's content, for whoever is allowed to read it. */
export async function answer(request: Request, bucket: Bucket, version: FileVersion): Promise<Response> {
  const { content } = version;
  const headers = await fieldsOf(bucket, version);
  const range = rangeOf(request.headers.get("Range"), content.size);
  const isPart = range !== undefined && range.last - range.first + 1 < content.size;
  if (isPart) headers.set("Content-Range", `bytes ${range.first}-${range.last}/${content.size}`);
  const [first, last] = isPart ? [range.first, range.last] : [0, content.size - 1];
  headers.set("Content-Length", String(last - first + 1));
  const body = request.method === "HEAD" || content.size === 0 ? null : content.open(first, last);
  return new Response(body, { status: isPart ? 206 : 200, headers });
}

async function fieldsOf(
  bucket: Bucket,
  { fileId, fileName, content, contentType, info, uploadTimestamp }: FileVersion,
): Promise<Headers> {
  const headers = new Headers({
    "Content-Type": contentType,
    "Accept-Ranges": "bytes",
    "X-Bz-File-Id": fileId,
    "X-Bz-File-Name": encodeName(fileName),
    "X-Bz-Content-Sha1": await content.sha1(),
    "X-Bz-Upload-Timestamp": String(uploadTimestamp),
    Server: "nginx",
  });
  if (!bucket.isPublic) headers.set("Cache-Control", "max-age=0, no-cache, no-store");
  for (const [name, value] of Object.entries(info)) {
    const field = INFO_FIELDS[name];
    headers.set(field ?? `X-Bz-Info-${name}`, field === undefined ? encodeName(value) : value);
  }
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

/** In the field, or in the query as B2 allows too. */
function authorizationOf(request: Request): string | null {
  return request.headers.get("Authorization") ?? new URL(request.url).searchParams.get("Authorization");
}
