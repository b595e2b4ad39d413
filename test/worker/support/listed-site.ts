import { expect } from "vitest";
import { callsOf } from "./b2-behind-fetch.ts";
import type { Vars } from "./isolate.ts";
import { createSiteWithToken, type TestSite } from "./site.ts";

/** The settings of a site where everybody may look at every folder. */
export const LISTED = { LISTED_PREFIXES: "/" };

/** What `?format=json` answers. */
export interface FolderJson {
  folders: { name: string; url: string }[];
  files: { name: string; url: string; thumbnail?: string; bytes: number; type?: string; uploadedAt: string }[];
  next: string | null;
}

/** A site with a token and, beside its two cats, files that each hold their own name. */
export async function createListedSite(names: readonly string[], vars: Vars = LISTED): Promise<TestSite> {
  const site = await createSiteWithToken(vars);
  for (const name of names) site.b2.put("images", name, { content: name, contentType: "image/jpeg" });
  return site;
}

/** A folder as programs see it; it must be there. */
export async function folderJson(site: TestSite, path: string): Promise<FolderJson> {
  const response = await site.browse(path);
  expect([path, response.status, response.headers.get("Content-Type")]).toEqual([path, 200, "application/json"]);
  return await response.json();
}

/** How often B2 was asked for a list. */
export function listCallsOf({ b2 }: TestSite): number {
  return callsOf(b2).b2_list_file_names ?? 0;
}
