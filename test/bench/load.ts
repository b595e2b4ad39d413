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

/**
 * Puts load on a Worker over bare sockets: Node's own HTTP client would take more CPU than the Worker.
 * Rejects when an answer is not a 200 of the right length.
 */
export async function putLoad(load: Load): Promise<LoadResult> {
  const startedAt = performance.now();
  const request = `GET ${load.path} HTTP/1.1\r\nHost: 127.0.0.1:${load.port}\r\nAccept: image/*\r\n\r\n`;
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
