import { contentOf } from "./content-of.ts";
import type { TestSite } from "./site.ts";

/** Settings with a version in the address. */
export const VERSIONED = { VERSION_PARAMETER: "v" };

/** The text of an answer, after its status if that is not 200. */
export async function shown(site: TestSite, path: string, init?: RequestInit): Promise<string> {
  const response = await site.browse(path, init);
  const text = await contentOf(response);
  return response.status === 200 ? text : String(response.status);
}

/** Uploads another cat under the same name. */
export function replaceCat(site: TestSite): void {
  site.b2.put("images", "cat.jpg", { content: "a new cat", contentType: "image/jpeg" });
}

/** The `Cache-Control` of the Worker itself. */
export async function cacheControlOf(site: TestSite, path: string, init?: RequestInit): Promise<string | null> {
  return (await site.visit(path, init)).headers.get("Cache-Control");
}
