import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import worker from "../../../src/index.ts";
import type { Env } from "../../../src/settings.ts";
import type { LocalB2 } from "../../local-b2/app.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { b2BehindFetch } from "./b2-behind-fetch.ts";
import { FaultyKv } from "./faulty-kv.ts";

/** A visit of the file that is there; everything is done when it resolves, what comes after the response too. */
export type Visit = (path?: string) => Promise<Response>;

export interface Isolates {
  b2: LocalB2;
  kv: FaultyKv;
  /** The lines of the log. */
  logs: string[];
  /** Starts another isolate of the Worker, with the same B2 and KV. */
  start(): Visit;
}

/** Isolates of the whole Worker with one local B2 behind `fetch` and one KV that can fail. `/cat.jpg` is «a cat». */
export function createIsolates(vars: Partial<Record<keyof Env, unknown>> = {}, options: LocalB2Options = {}): Isolates {
  const b2 = b2BehindFetch(options);
  b2.put("images", "cat.jpg", { content: "a cat", contentType: "text/plain" });
  const kv = new FaultyKv();
  const logs: string[] = [];
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      logs.push(String(line));
    });
  }
  return { b2, kv, logs, start: () => startIsolate({ ...env, TOKENS: kv, ...vars } as unknown as Env) };
}

/** A new env is a new isolate. */
function startIsolate(own: Env): Visit {
  return async (path = "/cat.jpg") => {
    const ctx = createExecutionContext();
    const response = await worker.fetch(new Request(`https://image.example.com${path}`), own, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  };
}
