import { createSite, type TestSite } from "../../support/site.ts";

export const CAT = new Uint8Array(1000).map((_, index) => index % 251);

/** A site with a file of each kind that the answers are about. */
export function siteWithCat(vars: Record<string, unknown> = {}): TestSite {
  const site = createSite(vars);
  site.b2.put("images", "cat.jpg", { content: CAT, contentType: "image/jpeg" });
  site.b2.put("images", "empty.bin", { content: "", contentType: "application/octet-stream" });
  site.b2.put("images", "own.jpg", { content: CAT, contentType: "image/jpeg", cacheControl: "public, max-age=5" });
  site.b2.put("images", "secret.jpg", { content: CAT, contentType: "image/jpeg", cacheControl: "private, max-age=5" });
  site.b2.put("images", "drawing.svg", { content: "<svg/>", contentType: "image/svg+xml" });
  site.b2.put("images", "index.html", { content: "<p>hello", contentType: "text/html" });
  return site;
}
