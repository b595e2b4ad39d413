import { inject, vi } from "vitest";
import type { MintSettings } from "../../../src/token/mint.ts";
import { createLocalB2, type LocalB2 } from "../../local-b2/app.ts";
import type { Switches } from "../../local-b2/b2/switches.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Which B2 this run is with; the usual one when left out (test/vitest.config.ts). */
    switches?: Switches;
  }
}

const URL_OF_B2 = "http://127.0.0.1:8788";

/** The settings of a Worker whose key is the local B2's. */
export const MINT_SETTINGS: MintSettings = {
  applicationKeyId: "local-key-id",
  applicationKey: "local-key",
  apiUrl: URL_OF_B2,
  bucketName: undefined,
  fileNamePrefix: "",
  tokenValidSeconds: 604_800,
};

/** A local B2 that answers every `fetch`, until `vi.unstubAllGlobals`. */
export function b2BehindFetch(options: LocalB2Options = {}): LocalB2 {
  const switches = { ...inject("switches"), ...options.switches };
  const b2 = createLocalB2({ ...options, switches, url: URL_OF_B2 });
  vi.stubGlobal("fetch", (input: RequestInfo, init?: RequestInit) => b2.fetch(new Request(input, init)));
  return b2;
}

/** A webhook beside that B2: it answers each request to a URL that begins with its own. */
export function webhookBesideB2(
  b2: LocalB2,
  { url, answer }: { url: string; answer: (request: Request) => Promise<Response> },
): void {
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    return await (request.url.startsWith(url) ? answer(request) : b2.fetch(request));
  });
}

/** How often each of B2's calls was made. */
export function callsOf(b2: LocalB2): Record<string, number> {
  const { operations } = b2.stats();
  return Object.fromEntries(Object.entries(operations).map(([name, { calls }]) => [name, calls]));
}

/** The calls of B2's API: all but downloads. */
export function apiCallsOf(b2: LocalB2): number {
  const { b2_download_file_by_name: _, ...api } = callsOf(b2);
  return Object.values(api).reduce((sum, calls) => sum + calls, 0);
}
