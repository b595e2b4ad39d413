/**
 * The origin of the bench: answers like B2, as cheaply as Node can, so that the Workers are what is measured.
 * A process of its own, on bare sockets: it tells its ports and its counts over IPC.
 */
import { createServer, type Server, type Socket } from "node:net";
import { startKvServer } from "./kv-server.ts";
import type { OriginCounts, OriginMessage } from "./origin-process.ts";
import { LARGE, SIZES } from "./sizes.ts";

const BUCKET = "bench-bucket";
const TOKEN = "3_2026_bench-download-token";
const CHUNK = Buffer.alloc(256 * 1024, "large file ");

const counts = { downloads: 0, apiCalls: 0 };
const files = new Map(SIZES.map(({ fileName, bytes }) => [fileName, fileAnswer(bytes)]));
const cachedImages = new Map(SIZES.map(({ fileName, bytes }) => [fileName, cachedAnswer(bytes, [])]));
const cachedPresets = new Map(
  SIZES.map(({ fileName, bytes }) => [fileName, cachedAnswer(bytes, ["X-Preset-Outcome: made"])]),
);

interface Parsed {
  method: string;
  path: string;
  /** The `Authorization` field, or nothing. */
  credential: string;
  body: Buffer;
}

type Answer = (request: Parsed, socket: Socket) => void;

function fileFields(bytes: number): string {
  return [
    "HTTP/1.1 200 OK",
    "Cache-Control: max-age=0, no-cache, no-store",
    `x-bz-file-name: photos/${bytes}.jpg`,
    "x-bz-file-id: 4_z4c2b957661da9c825f465e1b_f1187926dea44b322_d20230202_m123456_c001_v0001110_t0057_u01675345696000",
    "x-bz-content-sha1: 0123456789abcdef0123456789abcdef01234567",
    "X-Bz-Upload-Timestamp: 1675345696000",
    "x-bz-info-src_last_modified_millis: 1675345600000",
    "Accept-Ranges: bytes",
    "Content-Type: image/jpeg",
    `Content-Length: ${bytes}`,
    "Date: Sun, 01 Nov 2026 00:00:00 GMT",
    "\r\n",
  ].join("\r\n");
}

function fileAnswer(bytes: number): Buffer {
  return Buffer.concat([Buffer.from(fileFields(bytes)), Buffer.alloc(bytes, "bench ")]);
}

/** What the cache of an inner entrypoint answers for a file that it has: with what Cloudflare took out under another name. */
function cachedAnswer(bytes: number, more: string[]): Buffer {
  const fields = [
    "HTTP/1.1 200 OK",
    "X-Content-Type-Options: nosniff",
    "Cross-Origin-Resource-Policy: cross-origin",
    "Timing-Allow-Origin: *",
    "Access-Control-Allow-Origin: *",
    "Access-Control-Expose-Headers: ETag, Content-Length, Content-Range, Accept-Ranges, Retry-After",
    'ETag: "0123456789abcdef0123456789abcdef01234567"',
    "Accept-Ranges: bytes",
    "Cache-Control: public, max-age=345600",
    "X-Carried-Cloudflare-CDN-Cache-Control: public, max-age=259200, stale-while-revalidate=604800, stale-if-error=604800",
    "X-Carried-Cache-Tag: /photos/image.jpg",
    ...more,
    "Last-Modified: Thu, 02 Feb 2023 14:21:36 GMT",
    "Age: 3600",
    "Cf-Cache-Status: HIT",
    "Content-Type: image/jpeg",
    `Content-Length: ${bytes}`,
    "Date: Sun, 01 Nov 2026 00:00:00 GMT",
    "\r\n",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(fields), Buffer.alloc(bytes, "bench ")]);
}

function send(socket: Socket, status: string, body: Buffer | string, withBody = true): void {
  const length = Buffer.byteLength(body);
  socket.write(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`);
  if (withBody && length > 0) socket.write(body);
}

function sendError(socket: Socket, status: number, code: string, withBody: boolean): void {
  send(socket, `${status} `, JSON.stringify({ status, code, message: code }), withBody);
}

/** B2: downloads by name, and the same by the S3 path, since SigV4 has another URL. */
const answerB2: Answer = ({ method, path, credential }, socket) => {
  if (path.startsWith("/b2api/")) return answerApi(path, socket);
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  const hit = cacheFor(path)?.get(fileName);
  if (hit !== undefined) {
    socket.write(hit);
    return;
  }
  counts.downloads += 1;
  if (!isRight(credential, path)) return sendError(socket, 401, "bad_auth_token", method === "GET");
  const file = files.get(fileName);
  if (file !== undefined) socket.write(file);
  else if (fileName === LARGE.fileName) sendLarge(socket);
  else sendError(socket, 404, "not_found", method === "GET");
};

function cacheFor(path: string): Map<string, Buffer> | undefined {
  if (path.startsWith("/cached/images/")) return cachedImages;
  return path.startsWith("/cached/presets/") ? cachedPresets : undefined;
}

/** A Worker that does less than its way asks for would look fast: each must show the credential of its way. */
function isRight(credential: string, path: string): boolean {
  return path.startsWith("/file/")
    ? credential === TOKEN
    : /^AWS4-HMAC-SHA256 Credential=\S+, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/.test(credential);
}

function answerApi(path: string, socket: Socket): void {
  counts.apiCalls += 1;
  const url = `http://127.0.0.1:${portOf(b2)}`;
  const buckets = [{ id: "4c2b957661da9c825f465e1b", name: BUCKET }];
  const allowed = { buckets, capabilities: ["readFiles", "shareFiles"], namePrefix: null };
  const storageApi = { apiUrl: url, downloadUrl: url, s3ApiUrl: url, recommendedPartSize: 1e8, allowed };
  const answer = path.endsWith("/b2_authorize_account")
    ? { accountId: "0123456789ab", authorizationToken: "account-token", apiInfo: { storageApi } }
    : { bucketId: "4c2b957661da9c825f465e1b", fileNamePrefix: "", authorizationToken: TOKEN };
  send(socket, "200 OK", JSON.stringify(answer));
}

function sendLarge(socket: Socket): void {
  let left = LARGE.bytes;
  socket.write(fileFields(LARGE.bytes));
  const pump = () => {
    while (left > 0 && !socket.destroyed) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (!socket.write(chunk)) {
        socket.once("drain", pump);
        return;
      }
    }
  };
  pump();
}

/** Reads requests one after the other from a kept-alive connection. */
function serve(answer: Answer): Server {
  return createServer({ noDelay: true }, (socket) => {
    let pending: Buffer = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (let parsed = parse(pending); parsed !== undefined; parsed = parse(pending)) {
        pending = pending.subarray(parsed.length);
        answer(parsed, socket);
      }
    });
  });
}

function parse(buffer: Buffer): (Parsed & { length: number }) | undefined {
  const end = buffer.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = buffer.toString("latin1", 0, end);
  const [method = "", path = ""] = head.slice(0, head.indexOf("\r\n")).split(" ");
  const bodyLength =
    method === "GET" || method === "HEAD" ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const length = end + 4 + bodyLength;
  if (buffer.length < length) return undefined;
  return {
    method,
    path,
    credential: /\r\nauthorization: (.*)/i.exec(head)?.[1] ?? "",
    body: buffer.subarray(end + 4, length),
    length,
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function allCounts(): OriginCounts {
  return { ...counts, kvReads: kv.reads(), kvWrites: kv.writes() };
}

const kv = await startKvServer();
const b2 = serve(answerB2);
await new Promise<void>((resolve) => b2.listen(0, "127.0.0.1", resolve));

process.on("message", (message: OriginMessage) => {
  if (message === "forget-kv") kv.clear();
  process.send?.(allCounts());
});
process.on("disconnect", () => process.exit());
process.send?.({ b2Port: portOf(b2), kvPort: kv.port });
