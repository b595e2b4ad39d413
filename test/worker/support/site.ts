import type { LocalB2 } from "../../local-b2/app.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { b2BehindFetch, callsOf } from "./b2-behind-fetch.ts";
import { passMs } from "./clock.ts";
import { type CollectedLog, collectLog } from "./collected-log.ts";
import { FaultyKv } from "./faulty-kv.ts";
import { type Isolate, type Loopbacks, startIsolate, type Vars } from "./isolate.ts";
import { WorkersCache } from "./workers-cache.ts";

export const SITE_URL = "https://image.example.com";

/** What every bucket holds, unless the options of the local B2 say otherwise. */
const FILES = {
  "cat.jpg": { content: "a cat", contentType: "image/jpeg" },
  "private/cat.jpg": { content: "a cat at home", contentType: "image/jpeg" },
};

/** Asks for `/cat.jpg`, if for nothing else. What goes on after the response is done too when it resolves. */
export type Visitor = (path?: string, init?: RequestInit) => Promise<Response>;

export interface TestSite {
  b2: LocalB2;
  log: CollectedLog;
  /** The caches in front of the three entrypoints; `browse` goes through them. */
  cache: WorkersCache;
  images: WorkersCache;
  presets: WorkersCache;
  /** Where `ctx.exports` leads. */
  loopbacks: Loopbacks;
  /** A request as it comes from the internet: cache, Worker, cache, B2. */
  browse: Visitor;
  /** The same with the cache of `Images` alone: that of the default entrypoint is switched off. */
  browseImages: Visitor;
  /** The same without any cache, as in `wrangler dev`. */
  visit: Visitor;
  /** Starts another isolate, with the same settings, KV and B2, and gives its `visit`. */
  startIsolate(): Visitor;
  /** Runs the cron. */
  rotate(): Promise<void>;
  /** Moves the clock of everybody. */
  advance(seconds: number): void;
  /** How often B2 was asked for a file. */
  downloads(): number;
}

/**
 * The Worker in one isolate, a local B2 behind `fetch`, and Workers Cache in front of its entrypoints. KV is of this site
 * alone, unless `vars.TOKENS` is one: in a shared one a write of the test before may come late.
 */
export function createSite(given: Vars = {}, options: LocalB2Options = {}): TestSite {
  const vars = { TOKENS: new FaultyKv(), ...given };
  const b2 = b2BehindFetch({ files: FILES, ...options });
  const isolate = startIsolate(vars);
  const loopbacks: Loopbacks = {
    Images: {
      fetch: (request) => images.fetch(request),
      purge: (options) => isolate.purgeImages(options, images),
    },
    Presets: {
      fetch: (request) => presets.fetch(request),
      purge: (options) => isolate.purgePresets(options, presets),
    },
  };
  const images = new WorkersCache((request) => isolate.runImages(request, loopbacks));
  const presets = new WorkersCache((request) => isolate.runPresets(request, loopbacks));
  const cache = new WorkersCache((request) => isolate.runDefault(request, loopbacks, cache));
  return {
    b2,
    log: collectLog(),
    cache,
    images,
    presets,
    loopbacks,
    browse: (path, init) => cache.fetch(requestFor(path, init)),
    browseImages: (path, init) => isolate.runDefault(requestFor(path, init), loopbacks),
    visit: uncachedVisit(isolate),
    startIsolate: () => uncachedVisit(startIsolate(vars)),
    rotate: isolate.rotate,
    advance: (seconds) => passMs(seconds * 1000),
    downloads: () => callsOf(b2).b2_download_file_by_name ?? 0,
  };
}

/** A site with a token in KV: what B2 counts and what the log tells from then on is what visitors cause. */
export async function createSiteWithToken(vars: Vars = {}): Promise<TestSite> {
  const site = createSite(vars);
  await site.rotate();
  site.b2.reset();
  site.log.clear();
  return site;
}

export type FaultyKvSite = TestSite & { kv: FaultyKv };

/** A site whose KV can fail. */
export function createFaultyKvSite(vars: Vars = {}, options: LocalB2Options = {}): FaultyKvSite {
  const kv = new FaultyKv();
  return { ...createSite({ ...vars, TOKENS: kv }, options), kv };
}

/** Visits to an isolate without any cache, as in `wrangler dev`. */
export function uncachedVisit(isolate: Isolate): Visitor {
  const loopbacks: Loopbacks = {
    Images: {
      fetch: (request) => isolate.runImages(request, loopbacks),
      purge: (options) => isolate.purgeImages(options),
    },
    Presets: {
      fetch: (request) => isolate.runPresets(request, loopbacks),
      purge: (options) => isolate.purgePresets(options),
    },
  };
  return (path, init) => isolate.runDefault(requestFor(path, init), loopbacks);
}

function requestFor(path = "/cat.jpg", init?: RequestInit): Request {
  return new Request(SITE_URL + path, init);
}

/** A site whose isolate has held a token for an hour, so that what is counted is what visitors cause. */
export async function createHoldingSite(): Promise<TestSite> {
  const site = createSite();
  await site.visit("/cat.jpg");
  site.advance(3600);
  site.b2.reset();
  site.log.clear();
  return site;
}
