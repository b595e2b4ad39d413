import type { Vars } from "../../support/isolate.ts";
import { createSite, type TestSite } from "../../support/site.ts";

export const CAT = new Uint8Array(1000).map((_, index) => index % 251);
/** The SHA-1 of these bytes, as sha1sum prints it. */
export const CAT_SHA1 = "c9c960a0b925474fab83942cc27d504fc24ac37b";

const FILES = {
  "cat.jpg": { content: CAT, contentType: "image/jpeg" },
  "empty.bin": { content: "", contentType: "application/octet-stream" },
  "own.jpg": { content: CAT, contentType: "image/jpeg", cacheControl: "public, max-age=5" },
  "secret.jpg": { content: CAT, contentType: "image/jpeg", cacheControl: "private, max-age=5" },
  "drawing.svg": { content: "<svg/>", contentType: "image/svg+xml" },
  "index.html": { content: "<p>hello", contentType: "text/html" },
};

/** A site with a file of each kind that the answers are about. */
export function createFilledSite(vars: Vars = {}): TestSite {
  return createSite(vars, { files: FILES });
}
