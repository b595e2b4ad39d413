import { connect } from "node:net";

/** Requests for one URL, one after the other on each of some connections. */
export interface Load {
  port: number;
  /** With its query, if it has one. */
  path: string;
  /** The length that every body must have: an error answer would be fast, and wrong. */
  bytes: number;
  concurrency: number;
  durationMs: number;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  /** One a request, sorted. */
  latenciesMs: Float64Array;
}

interface Run extends Load {
  request: string;
  endsAt: number;
  latenciesMs: number[];
}

/** What Chromium sends for an `<img>` on another site, and what Cloudflare adds. */
const FIELDS = [
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
  "Accept-Encoding: gzip, br",
  "Accept-Language: en-US,en;q=0.9",
  "Referer: https://blog.example.com/",
  "Sec-Fetch-Dest: image",
  "Sec-Fetch-Mode: no-cors",
  "Sec-Fetch-Site: cross-site",
  "CF-Connecting-IP: 203.0.113.7",
  "CF-IPCountry: NL",
  "CF-Ray: 8f2d1c0b9a7e6d5c-AMS",
  'CF-Visitor: {"scheme":"https"}',
  "X-Forwarded-For: 203.0.113.7",
  "X-Forwarded-Proto: https",
].join("\r\n");

/**
 * Puts load on a Worker over bare sockets: Node's own HTTP client would take more CPU than the Worker.
 * Rejects when an answer is not a 200 of the right length.
 */
export async function putLoad(load: Load): Promise<LoadResult> {
  const startedAt = performance.now();
  const request = `GET ${load.path} HTTP/1.1\r\nHost: 127.0.0.1:${load.port}\r\n${FIELDS}\r\n\r\n`;
  const run: Run = { ...load, request, endsAt: startedAt + load.durationMs, latenciesMs: [] };
  await Promise.all(Array.from({ length: load.concurrency }, () => useConnection(run)));
  const seconds = (performance.now() - startedAt) / 1000;
  return { requests: run.latenciesMs.length, seconds, latenciesMs: Float64Array.from(run.latenciesMs).sort() };
}

function useConnection(run: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: run.port, host: "127.0.0.1", noDelay: true });
    let sentAt = 0;
    let head: Buffer = Buffer.alloc(0);
    let bytesLeft = -1;

    function ask(): void {
      head = Buffer.alloc(0);
      bytesLeft = -1;
      sentAt = performance.now();
      socket.write(run.request);
    }

    function take(chunk: Buffer): void {
      if (bytesLeft >= 0) bytesLeft -= chunk.length;
      else readHead(chunk);
      if (bytesLeft !== 0) return;
      const now = performance.now();
      run.latenciesMs.push(now - sentAt);
      if (now < run.endsAt) ask();
      else socket.end(() => resolve());
    }

    function readHead(chunk: Buffer): void {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) return;
      const text = head.toString("latin1", 0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (!text.startsWith("HTTP/1.1 200") || length !== run.bytes) {
        socket.destroy(new Error(`not a 200 of ${run.bytes} bytes for ${run.path}:\n${text}`));
        return;
      }
      bytesLeft = length - (head.length - end - 4);
    }

    socket.on("connect", ask);
    socket.on("data", take);
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
}
