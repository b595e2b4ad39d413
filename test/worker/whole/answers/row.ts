import type { TestSite } from "../../support/site.ts";

/** A request, and the status and fields that are due. */
export interface Row {
  what: string;
  path: string;
  init?: RequestInit;
  vars?: Record<string, unknown>;
  before?: (site: TestSite) => void;
  status: number;
  /** `Cache-Control`. */
  browser: string;
  /** `Cloudflare-CDN-Cache-Control`. */
  edge: string;
  /** Other fields; null where there must be none. */
  fields?: Record<string, string | null>;
}

export const IMAGE = {
  browser: "public, max-age=345600",
  edge: "public, max-age=259200, stale-while-revalidate=604800, stale-if-error=604800",
};
/** For an image at an address whose version names its content. */
export const FOR_A_YEAR = {
  browser: "public, max-age=31536000, immutable",
  edge: "public, max-age=31536000, immutable, stale-while-revalidate=604800, stale-if-error=604800",
};
export const MISSING = { browser: "public, max-age=60", edge: "public, max-age=60, stale-if-error=0" };
export const NOT_STORED = { browser: "no-store", edge: "no-store" };

/** Lets B2 answer every download with this fault. */
export function failing(fault: {
  status: number;
  code?: string;
  retryAfterSeconds?: number;
}): (site: TestSite) => void {
  return (site) => site.b2.faults([{ operation: "b2_download_file_by_name", times: 100, ...fault }]);
}
