import { signUrl } from "../../../src/access/signed-url.ts";
import { contentOf } from "./content-of.ts";
import { SITE_URL } from "./site.ts";

export const KEY = { id: "k1", secret: "0123456789abcdef0123456789abcdef" };
/** The settings of a site whose folder `private` needs a signature. */
export const PRIVATE = { PRIVATE_PREFIXES: "private", URL_SIGNING_KEYS: `${KEY.id}:${KEY.secret}` };
/** The settings of a site whose images only good.example may show. */
export const HOTLINK = { ALLOWED_REFERERS: "good.example", ALLOW_EMPTY_REFERER: "false" };
export const GOOD_REFERER = { Referer: "https://good.example/page" };
export const BAD_REFERER = { Referer: "https://evil.example/page" };
/** What tests set the clock to. */
export const NOW_SECONDS = Date.UTC(2026, 10, 24, 12) / 1000;

/** The path and query of a link that opens a private file. */
export async function signed(canonicalPath: string, secondsToLive = 3600): Promise<string> {
  const expiresAtSeconds = NOW_SECONDS + secondsToLive;
  const url = await signUrl({ baseUrl: SITE_URL, canonicalPath, preset: "", key: KEY, expiresAtSeconds });
  return url.slice(SITE_URL.length);
}

/** All that a client sees of an answer. */
export async function snapshot(
  response: Response,
): Promise<{ status: number; fields: [string, string][]; text: string }> {
  return { status: response.status, fields: [...response.headers], text: await contentOf(response) };
}
