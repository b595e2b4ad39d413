import type { TokenNamespace } from "../../src/token/store.ts";
import { TOKEN_KEY } from "./promise.ts";
import { drawFor } from "./random.ts";
import type { Scene } from "./scene.ts";
import { HOUR_MS, START } from "./world.ts";

/** Cloudflare takes one write a second for one key. */
const WRITE_EVERY_MS = 1_000;
/** The least `cacheTtl`: nobody can look past a copy that is younger. */
export const LEAST_CACHE_TTL_SECONDS = 30;

export interface Kv {
  /** KV as a Worker in one place has it. */
  namespaceAt(place: number): TokenNamespace;
  /** What the place would be told now, were it to ask past its own copies as far as KV lets it. */
  seenAt(place: number, key: string): string | null;
  /** The last write, wherever it has come to by now. */
  newest(key: string): string | null;
  faultDuring(from: number, to: number): boolean;
  /** All that anybody wanted to write, whether KV took it or not. */
  offered: Set<string>;
  /** Called after each write of a token, with the write before it. */
  onWrite: (before: Write | undefined) => void;
}

export interface Write {
  at: number;
  text: string;
  number: number;
}

/**
 * Workers KV as its documentation allows it to be at worst: each write arrives in each place after a time of its own, also
 * where it was made, and each place keeps what it read, a missing key too, for the `cacheTtl` of whoever asks next.
 * One factory, since reads and writes share what each place has.
 */
export function createKv({ world, time, random, figures }: Omit<Scene, "kv" | "b2">): Kv {
  const writes = new Map<string, Write[]>();
  const copies = new Map<string, { text: string | null; at: number }>();

  function arrived(place: number, key: string): string | null {
    const all = writes.get(key) ?? [];
    const arrivedAt = ({ at, number }: Write) => at + drawFor(world.seed, place, number) * world.kvLagSeconds * 1000;
    return all.findLast((write) => arrivedAt(write) <= time.now())?.text ?? null;
  }

  function youngCopy(place: number, key: string, cacheTtl: number) {
    const copy = copies.get(`${place} ${key}`);
    return copy !== undefined && time.now() < copy.at + cacheTtl * 1000 ? copy : undefined;
  }

  function seenAt(place: number, key: string): string | null {
    const copy = youngCopy(place, key, LEAST_CACHE_TTL_SECONDS);
    return copy === undefined ? arrived(place, key) : copy.text;
  }

  async function get(place: number, key: string, cacheTtl: number): Promise<string | null> {
    figures.kvReads += 1;
    await time.wait(random.between(2, 120));
    await fail("read");
    const copy = youngCopy(place, key, cacheTtl) ?? { text: arrived(place, key), at: time.now() };
    copies.set(`${place} ${key}`, copy);
    return copy.text;
  }

  async function put(key: string, text: string): Promise<void> {
    kv.offered.add(text);
    await time.wait(random.between(20, 300));
    await fail("write");
    const all = writes.get(key) ?? [];
    const last = all.at(-1);
    if (last !== undefined && time.now() - last.at < WRITE_EVERY_MS) throw new Error("429 Too Many Requests");
    all.push({ at: time.now(), text, number: figures.kvWrites });
    // Older than the longest lag: it has long been replaced everywhere.
    while (all.length > 1 && (all[1]?.at ?? 0) < time.now() - world.kvLagSeconds * 1000) all.shift();
    writes.set(key, all);
    figures.kvWrites += 1;
    if (key === TOKEN_KEY) kv.onWrite(last);
  }

  async function fail(operation: "read" | "write"): Promise<void> {
    const fault = world.kvFaults.find((each) => isDuring(each, time.now(), time.now()))?.fault;
    if (fault === undefined || (fault === "refuses writes" && operation === "read")) return;
    figures.day(time.now()).kvFailures += 1;
    if (fault === "hangs") await new Promise(() => undefined);
    throw new Error("KV has a fault");
  }

  const kv: Kv = {
    namespaceAt: (place) => ({ get: (key, { cacheTtl }) => get(place, key, cacheTtl), put }),
    seenAt,
    newest: (key) => writes.get(key)?.at(-1)?.text ?? null,
    faultDuring: (from, to) => world.kvFaults.some((fault) => isDuring(fault, from, to)),
    offered: new Set(),
    onWrite: () => undefined,
  };
  return kv;
}

function isDuring({ hour, minutes }: { hour: number; minutes: number }, from: number, to: number): boolean {
  const begin = START + hour * HOUR_MS;
  return from < begin + minutes * 60_000 && to >= begin;
}
