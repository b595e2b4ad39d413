import { type Asked, type Forwarder, type Passing, startForwarder } from "./forwarder.ts";

/** Changes what a visitor gets, as a zone's setting or another proxy would. */
export type Fault = (answer: Passing, asked: Asked) => void;

export interface FrontCache extends Forwarder {
  /** What is wrong with this site; nothing, when undefined. */
  fault: Fault | undefined;
  /** Nothing is ever stored: the entrypoint's cache is off. */
  isOff: boolean;
  /** The same for the cache behind foreign queries, the one of `Images`. */
  isInnerOff: boolean;
  /** How many requests came. */
  asked: number;
  reset(): void;
}

interface Stored {
  answer: Passing;
  at: number;
}

/**
 * A small stand-in for Cloudflare's cache in front of a Worker that runs without one: keyed by path and query, parts and
 * 304 cut from the whole, `Cf-Cache-Status` and `Age` as Cloudflare says them. The cache of `Images` shows by its `Age` alone.
 */
export async function startFrontCache(target: () => string): Promise<FrontCache> {
  const stored = new Map<string, Stored>();
  const inner = new Map<string, number>();

  const forwarder = await startForwarder(target, async (asked, ask) => {
    front.asked += 1;
    const answer = await answerFor(asked, ask);
    front.fault?.(answer, asked);
    if (asked.method === "HEAD") answer.body = Buffer.alloc(0);
    return answer;
  });

  async function answerFor(
    asked: Asked,
    ask: (headers?: Record<string, string>) => Promise<Passing>,
  ): Promise<Passing> {
    const hit = stored.get(asked.path);
    if (hit !== undefined) return cut(hit, asked);
    const isStorable = asked.method !== "OPTIONS" && !front.isOff;
    const answer = await ask();
    const control = answer.headers.get("Cloudflare-CDN-Cache-Control") ?? "no-store";
    answer.headers.delete("Cloudflare-CDN-Cache-Control");
    if (!isStorable || control.includes("no-store")) {
      answer.headers.set("Cf-Cache-Status", "BYPASS");
      return answer;
    }
    answer.headers.set("Cf-Cache-Status", "MISS");
    const [path = "", query] = asked.path.split("?");
    if (query !== undefined && answer.status === 200 && !front.isInnerOff) {
      const since = inner.get(path);
      if (since === undefined) inner.set(path, Date.now());
      else answer.headers.set("Age", String(Math.floor((Date.now() - since) / 1000)));
    }
    if (asked.method === "GET" && (answer.status === 200 || answer.status === 404))
      stored.set(asked.path, { answer: copyOf(answer), at: Date.now() });
    return answer;
  }

  const front: FrontCache = {
    ...forwarder,
    fault: undefined,
    isOff: false,
    isInnerOff: false,
    asked: 0,
    reset() {
      stored.clear();
      inner.clear();
      Object.assign(front, { fault: undefined, isOff: false, isInnerOff: false, asked: 0 });
    },
  };
  return front;
}

function copyOf({ status, headers, body }: Passing): Passing {
  return { status, headers: new Headers(headers), body };
}

/** A part of the stored answer, 304, or all of it. */
function cut({ answer, at }: Stored, { headers: asked }: Asked): Passing {
  const cutAnswer = copyOf(answer);
  const { headers, body } = cutAnswer;
  headers.set("Cf-Cache-Status", "HIT");
  headers.set("Age", String(Math.floor((Date.now() - at) / 1000)));
  if (asked["if-none-match"] !== undefined && asked["if-none-match"] === headers.get("ETag")) {
    headers.delete("Content-Length");
    return { status: 304, headers, body: Buffer.alloc(0) };
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(asked.range ?? "") ?? [];
  if (first === undefined || last === undefined || answer.status !== 200) return cutAnswer;
  const part = body.subarray(Number(first), Number(last) + 1);
  headers.set("Content-Range", `bytes ${first}-${Number(first) + part.length - 1}/${body.length}`);
  headers.set("Content-Length", String(part.length));
  return { status: 206, headers, body: part };
}
