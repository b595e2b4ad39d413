import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import worker, { Images } from "../../../src/index.ts";
import type { Env } from "../../../src/settings.ts";
import { createLocalB2, type LocalB2 } from "../../local-b2/app.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { WorkersCache } from "./workers-cache.ts";

export const SITE = "https://image.example.com";

export interface Site {
  b2: LocalB2;
  /** The caches in front of the two entrypoints; `browse` goes through them. */
  cache: WorkersCache;
  images: WorkersCache;
  /** A request as it comes from the internet: cache, Worker, cache, B2. */
  browse(path: string, init?: RequestInit): Promise<Response>;
  /** The same without any cache, as in `wrangler dev`. */
  visit(path: string, init?: RequestInit): Promise<Response>;
  /** Runs the cron. */
  rotate(): Promise<void>;
  /** Moves the clock of everybody. */
  advance(seconds: number): void;
  /** How often B2 was asked for a file. */
  downloads(): number;
  /** The lines of the log. */
  logs: string[];
}

type Vars = Partial<Record<keyof Env, unknown>>;

/** A site with one isolate of the Worker, a local B2 behind `fetch`, and Workers Cache in front of both entrypoints. */
export function createSite(vars: Vars = {}, options: LocalB2Options = {}): Site {
  const b2 = createLocalB2({ ...options, url: "http://127.0.0.1:8788" });
  vi.stubGlobal("fetch", (input: RequestInfo, init?: RequestInit) => b2.fetch(new Request(input, init)));
  const logs = collectLogs();
  // A new env is a new isolate.
  const own = { ...env, ...vars } as unknown as Env;

  const images = new WorkersCache((request) => run((ctx) => Images.fetch(request, own, ctx), images));
  const cache = new WorkersCache((request) => run((ctx) => worker.fetch(request, own, ctx), images));

  async function run(
    entrypoint: (ctx: ExecutionContext) => Response | Promise<Response>,
    loopback: Pick<WorkersCache, "fetch">,
  ): Promise<Response> {
    const ctx = createExecutionContext();
    Object.defineProperty(ctx, "exports", { value: { Images: loopback } });
    const response = await entrypoint(ctx);
    await waitOnExecutionContext(ctx);
    return response;
  }

  async function visit(path: string, init?: RequestInit): Promise<Response> {
    const uncached = { fetch: (request: Request) => run((ctx) => Images.fetch(request, own, ctx), uncached) };
    return await run((ctx) => worker.fetch(new Request(SITE + path, init), own, ctx), uncached);
  }

  return {
    b2,
    cache,
    images,
    logs,
    visit,
    browse: (path, init) => cache.fetch(new Request(SITE + path, init)),
    rotate: () => worker.scheduled({ cron: "0 */6 * * *", scheduledTime: Date.now(), noRetry: () => undefined }, own),
    advance: (seconds) => vi.setSystemTime(Date.now() + seconds * 1000),
    downloads: () => b2.stats().operations.b2_download_file_by_name?.calls ?? 0,
  };
}

function collectLogs(): string[] {
  const logs: string[] = [];
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      logs.push(String(line));
    });
  }
  return logs;
}
