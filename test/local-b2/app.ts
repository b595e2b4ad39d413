import type { Hono } from "hono";
import type { ApplicationKey } from "./b2/application-key.ts";
import { addVersion, type Bucket, newBucket, newVersion } from "./b2/bucket.ts";
import { checkBucketInfo } from "./b2/buckets.ts";
import { Calls } from "./b2/calls.ts";
import { virtualContent } from "./b2/content.ts";
import type { Fault } from "./b2/faults.ts";
import { deleteVersion, hide } from "./b2/files.ts";
import { keyOf, uploadOf } from "./b2/from-options.ts";
import type { Stats } from "./b2/operations.ts";
import { badRequest } from "./b2/problem.ts";
import type { RecordedRequest } from "./b2/request.ts";
import { type Switches, USUAL_POSITIONS } from "./b2/switches.ts";
import { World } from "./b2/world.ts";
import { controlsOf } from "./controls.ts";
import type { LocalB2Options, LocalFile } from "./options.ts";
import { routesOf } from "./routes.ts";

const KEPT_REQUESTS = 1000;

/** A change of a key: `buckets` by name, null for every bucket. */
export type KeyChange = Partial<Omit<ApplicationKey, "keyId" | "bucketIds">> & { buckets?: string[] | null };

/** A B2 for tests, from Web APIs alone: it answers like B2 and strictly so (test/README.md). */
export class LocalB2 {
  /** The last downloads by name, oldest first. */
  readonly requests: RecordedRequest[] = [];
  /** All that it knows, for whoever must look or change more than the methods do. */
  readonly world: World;
  readonly #key: ApplicationKey;
  readonly #calls: Calls;
  readonly #positionsAtStart: Switches;
  readonly #app: Hono;

  constructor(options: LocalB2Options) {
    const names = [options.bucket ?? "images", options.secondBucket];
    const buckets = names.flatMap((name) => (name === undefined ? [] : [newBucket(name, options.isPublic ?? false)]));
    this.#key = keyOf(options, buckets);
    const { url = "http://127.0.0.1:8788", switches, deliver } = options;
    this.world = new World({ url, key: this.#key, buckets, switches, deliver });
    this.#positionsAtStart = { ...USUAL_POSITIONS, ...switches };
    this.#calls = new Calls(() => this.expireTokens());
    for (const [name, file] of Object.entries(options.files ?? {})) this.put(buckets[0]?.name ?? "", name, file);
    this.#app = routesOf({
      world: this.world,
      calls: this.#calls,
      controls: controlsOf(this),
      onDownload: (request, path) => {
        this.requests.push({ method: request.method, path, headers: Object.fromEntries(request.headers) });
        if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
      },
    });
  }

  get url(): string {
    return this.world.url;
  }

  set url(url: string) {
    this.world.url = url;
  }

  get keyId(): string {
    return this.#key.keyId;
  }

  get key(): string {
    return this.#key.key;
  }

  /** The bucket's name and those of the others. */
  get bucketNames(): string[] {
    return this.world.buckets.map(({ name }) => name);
  }

  fetch = async (request: Request): Promise<Response> => await this.#app.fetch(request);

  /** An upload without a client. Throws for what B2 does not take. */
  put(bucketName: string, fileName: string, file: LocalFile): void {
    const bucket = this.bucket(bucketName);
    const version = newVersion(bucket, uploadOf(fileName, file, this.now()));
    addVersion(bucket, version);
    this.world.events.emit(bucket, "b2:ObjectCreated:Upload", version);
  }

  /** Puts a file of `bytes` bytes that takes no memory (`virtualBytes`). */
  putVirtual(bucketName: string, fileName: string, bytes: number): void {
    this.put(bucketName, fileName, { content: virtualContent(bytes) });
  }

  /** Deletes every version of a file, and tells how many there were. */
  async remove(bucketName: string, fileName: string): Promise<number> {
    const bucket = this.bucket(bucketName);
    await bucket.source?.refreshFile(fileName);
    const versions = bucket.files.get(fileName) ?? [];
    for (const version of versions) await deleteVersion(this.world, bucket, version);
    return versions.length;
  }

  /** Throws when there is no such file, or it is hidden. */
  async hide(bucketName: string, fileName: string): Promise<void> {
    await hide(this.world, this.bucket(bucketName), fileName);
  }

  deleteBucket(bucketName: string): void {
    const bucket = this.bucket(bucketName);
    this.world.buckets = this.world.buckets.filter((each) => each !== bucket);
  }

  /** Changes a bucket; `cacheControl: null` takes that of all its files away. */
  setBucket(bucketName: string, change: { isPublic?: boolean; cacheControl?: string | null }): void {
    const bucket = this.bucket(bucketName);
    const { "Cache-Control": before, ...others } = bucket.info;
    const { isPublic = bucket.isPublic, cacheControl = before } = change;
    const info = typeof cacheControl === "string" ? { ...others, "Cache-Control": cacheControl } : others;
    checkBucketInfo(info);
    Object.assign(bucket, { isPublic, info, revision: bucket.revision + 1 });
  }

  /** Changes a key at once, for its tokens too. */
  setKey({ buckets, ...changes }: KeyChange, keyId: string = this.keyId): void {
    const key = this.#findKey(keyId);
    const bucketIds = buckets?.map((name) => this.bucket(name).id);
    Object.assign(key, changes, buckets !== undefined && { bucketIds });
  }

  deleteKey(keyId: string = this.keyId): void {
    const key = this.#findKey(keyId);
    this.world.keys = this.world.keys.filter((each) => each !== key);
  }

  setSwitches(positions: Partial<Switches>): void {
    this.world.switches = { ...this.world.switches, ...positions };
  }

  faults(faults: Fault[]): void {
    this.#calls.addFaults(faults);
  }

  /** How many calls are still to fail, by operation. */
  get faultsLeft(): Record<string, number> {
    return this.#calls.faultsLeft;
  }

  /** Resolves when every event notification is sent, or given up. */
  async eventsSent(): Promise<void> {
    await this.world.events.idle();
  }

  /** The clock, in ms since the epoch. */
  now(): number {
    return this.world.now();
  }

  advance(seconds: number): void {
    this.world.clockOffsetMs += seconds * 1000;
  }

  /** Ends every token that was handed out so far; with `butNewest` all but the last download token. */
  expireTokens(options?: { butNewest?: boolean }): void {
    this.world.tokens.expireAll(options);
  }

  stats(): Stats {
    return this.#calls.stats;
  }

  /** No faults, counters at zero, the clock back, the switches as at the start. Files, keys and buckets stay. */
  reset(): void {
    this.#calls.reset();
    this.world.clockOffsetMs = 0;
    this.world.switches = this.#positionsAtStart;
    this.world.events.deliveries.length = 0;
    this.requests.length = 0;
  }

  /** The bucket of a name. Throws when there is none. */
  bucket(bucketName: string): Bucket {
    const bucket = this.world.buckets.find(({ name }) => name === bucketName);
    if (bucket === undefined) throw badRequest(`The local B2 has no bucket ${bucketName}`);
    return bucket;
  }

  #findKey(keyId: string): ApplicationKey {
    const key = this.world.keys.find((each) => each.keyId === keyId);
    if (key === undefined) throw badRequest(`The local B2 has no key ${keyId}`);
    return key;
  }
}

export function createLocalB2(options: LocalB2Options = {}): LocalB2 {
  return new LocalB2(options);
}
