import { type Context, Hono } from "hono";
import { authorizeAccount, newKey } from "./b2/accounts.ts";
import { virtualContent } from "./b2/content.ts";
import { answer, downloadByName } from "./b2/download.ts";
import { type Fault, Faults, withFault } from "./b2/faults.ts";
import { findVersion, hideMarker } from "./b2/files.ts";
import { uploadOf } from "./b2/local-file.ts";
import { accountOperations, BILLING_CLASSES, type Stats } from "./b2/operations.ts";
import { B2Problem, badRequest, notFound, problemResponse } from "./b2/problem.ts";
import { type RecordedRequest, rawPath, readParameters } from "./b2/request.ts";
import { TestMode } from "./b2/test-mode.ts";
import { Tokens } from "./b2/tokens.ts";
import { newVersion, Uploads } from "./b2/uploads.ts";
import { type ApplicationKey, addVersion, type Bucket, newBucket, type World } from "./b2/world.ts";
import { controlsOf } from "./controls.ts";
import type { LocalB2Options, LocalFile } from "./options.ts";

const KEPT_REQUESTS = 1000;

/** A B2 for tests, from Web APIs alone: it answers like B2 and strictly so (test/README.md). */
export class LocalB2 {
  readonly uploads = new Uploads();
  readonly requests: RecordedRequest[] = [];
  readonly #world: World;
  readonly #tokens: Tokens;
  readonly #faults = new Faults();
  readonly #testMode = new TestMode();
  #stats: Stats = { operations: {} };
  #clockOffsetMs = 0;
  readonly #app: Hono;
  readonly #operations = accountOperations(this.uploads);

  constructor(options: LocalB2Options) {
    const buckets = [options.bucket ?? "images", options.secondBucket].flatMap((name) =>
      name === undefined ? [] : [newBucket(name, options.isPublic ?? false)],
    );
    const key = newKey({
      ...options,
      bucketIds: options.unrestricted === true ? undefined : buckets.map(({ id }) => id),
    });
    const now = () => Date.now() + this.#clockOffsetMs;
    this.#world = { url: options.url ?? "http://127.0.0.1:8788", accountId: "b7ee896cc8ac", key, buckets, now };
    this.#tokens = new Tokens(now);
    for (const [name, file] of Object.entries(options.files ?? {})) this.put(buckets[0]?.name ?? "", name, file);
    this.#app = this.#routes();
  }

  get url(): string {
    return this.#world.url;
  }

  set url(url: string) {
    this.#world.url = url;
  }

  get keyId(): string {
    return this.#world.key.keyId;
  }

  get key(): string {
    return this.#world.key.key;
  }

  /** The bucket's name and those of the others. */
  get bucketNames(): string[] {
    return this.#world.buckets.map(({ name }) => name);
  }

  fetch = async (request: Request): Promise<Response> => await this.#app.fetch(request);

  put(bucketName: string, fileName: string, file: LocalFile): void {
    const bucket = this.#bucket(bucketName);
    addVersion(bucket, newVersion(this.#world, bucket, uploadOf(fileName, file)));
  }

  /** A file of so many bytes that takes no memory (`virtualBytes`). */
  putVirtual(bucketName: string, fileName: string, bytes: number): void {
    this.put(bucketName, fileName, { content: virtualContent(bytes) });
  }

  remove(bucketName: string, fileName: string): void {
    this.#bucket(bucketName).files.delete(fileName);
  }

  hide(bucketName: string, fileName: string): void {
    const bucket = this.#bucket(bucketName);
    addVersion(bucket, hideMarker(this.#world, bucket, fileName));
  }

  deleteBucket(bucketName: string): void {
    this.#world.buckets = this.#world.buckets.filter(({ name }) => name !== bucketName);
  }

  /** Changes the key; `buckets` by name, undefined for all. */
  setKey({
    buckets,
    ...changes
  }: Partial<Omit<ApplicationKey, "bucketIds">> & { buckets?: string[] | undefined }): void {
    Object.assign(this.#world.key, changes);
    if (buckets !== undefined) this.#world.key.bucketIds = buckets.map((name) => this.#bucket(name).id);
  }

  faults(faults: Fault[]): void {
    this.#faults.add(faults);
  }

  /** The clock, in ms since the epoch. */
  now(): number {
    return this.#world.now();
  }

  advance(seconds: number): void {
    this.#clockOffsetMs += seconds * 1000;
  }

  expireTokens(): void {
    this.#tokens.expireAll();
  }

  stats(): Stats {
    return structuredClone(this.#stats);
  }

  /** No faults, counters at zero, the clock back. */
  reset(): void {
    this.#faults.clear();
    this.#stats = { operations: {} };
    this.#clockOffsetMs = 0;
    this.requests.length = 0;
  }

  #bucket(bucketName: string): Bucket {
    const bucket = this.#world.buckets.find(({ name }) => name === bucketName);
    if (bucket === undefined) throw new Error(`The local B2 has no bucket ${bucketName}`);
    return bucket;
  }

  #routes(): Hono {
    const app = new Hono({ getPath: (request) => rawPath(request.url) });
    app.route("/_local", controlsOf(this));
    app.get("/file/:bucket/*", (c) => this.#download(c.req.raw));
    app.on(["GET", "POST"], "/b2api/:version/:operation/:id?", (c) => this.#api(c));
    app.onError((error, c) => {
      if (error instanceof B2Problem) return problemResponse(error, c.req.raw.method);
      throw error;
    });
    app.notFound((c) => problemResponse(notFound("There is no such URL"), c.req.raw.method));
    return app;
  }

  #download(request: Request): Promise<Response> {
    const path = rawPath(request.url);
    const [, , bucketName = "", ...name] = path.split("/");
    this.requests.push({ method: request.method, path, headers: Object.fromEntries(request.headers) });
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
    const asked = { request, bucketName, rawName: name.join("/") };
    return this.#counted("b2_download_file_by_name", request, () => downloadByName(this.#world, this.#tokens, asked));
  }

  #api(c: Context): Promise<Response> {
    const request = c.req.raw;
    const operation = c.req.param("operation") ?? "";
    const apiVersion = Number(/^v([1-4])$/.exec(c.req.param("version") ?? "")?.[1]);
    if (Number.isNaN(apiVersion) || BILLING_CLASSES[operation] === undefined)
      throw badRequest(`Invalid API name or version: ${operation}`);
    return this.#counted(operation, request, async () => {
      if (operation === "b2_authorize_account") {
        const authorization = request.headers.get("Authorization");
        return Response.json(authorizeAccount(this.#world, this.#tokens, { authorization, apiVersion }));
      }
      if (operation === "b2_upload_file") return Response.json(await this.uploads.uploadFile(this.#world, request));
      if (operation === "b2_upload_part") return Response.json(await this.uploads.uploadPart(request));
      if (operation === "b2_download_file_by_id") return await this.#downloadById(request);
      return await this.#accountCall(operation, apiVersion, request);
    });
  }

  async #accountCall(operation: string, apiVersion: number, request: Request): Promise<Response> {
    const run = this.#operations[operation];
    if (run === undefined) throw badRequest(`Invalid API name: ${operation}`);
    const key = this.#tokens.accountKey(request.headers.get("Authorization"));
    const parameters = await readParameters(request);
    return Response.json(await run({ world: this.#world, tokens: this.#tokens, apiVersion, key, parameters }));
  }

  async #downloadById(request: Request): Promise<Response> {
    const { fileId } = await readParameters(request);
    const { bucket, version } = findVersion(this.#world, String(fileId));
    if (!bucket.isPublic) this.#tokens.checkDownloadById(request.headers.get("Authorization"), version);
    return await answer(request, bucket, version);
  }

  /** Counts a call, lets its fault happen, and turns problems into answers. */
  async #counted(operation: string, request: Request, call: () => Promise<Response>): Promise<Response> {
    const billingClass = BILLING_CLASSES[operation] ?? "A";
    const calls = (this.#stats.operations[operation]?.calls ?? 0) + 1;
    this.#stats.operations[operation] = { calls, class: billingClass };
    try {
      this.#testMode.check(request.headers.get("X-Bz-Test-Mode"), { operation, billingClass });
      const fault = this.#faults.take(operation);
      if (fault?.expireTokens === true) this.expireTokens();
      return fault === undefined ? await call() : await withFault(fault, request, call);
    } catch (error) {
      if (error instanceof B2Problem) return problemResponse(error, request.method);
      throw error;
    }
  }
}

export function createLocalB2(options: LocalB2Options = {}): LocalB2 {
  return new LocalB2(options);
}
