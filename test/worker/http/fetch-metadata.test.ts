import { expect, it } from "vitest";
import { isCrossSiteEmbed } from "../../../src/http/fetch-metadata.ts";

it.each<[string, string | null, string | null, string | null, boolean]>([
  ["an img of another site", "cross-site", "no-cors", "image", true],
  ["an img with crossorigin", "cross-site", "cors", "image", true],
  ["a frame", "cross-site", "navigate", "iframe", true],
  ["an old frame", "cross-site", "navigate", "frame", true],
  ["an object", "cross-site", "navigate", "object", true],
  ["an embed", "cross-site", "navigate", "embed", true],
  ["a fetch of a service worker", "cross-site", "no-cors", "empty", true],
  ["a style", "cross-site", "no-cors", "style", true],
  ["a video", "cross-site", "no-cors", "video", true],
  ["a document that no navigation asks for", "cross-site", "no-cors", "document", true],
  ["another site and nothing else", "cross-site", null, null, true],
  ["a link of another site", "cross-site", "navigate", "document", false],
  ["a typed address", "none", "navigate", "document", false],
  ["an img of the site itself", "same-origin", "no-cors", "image", false],
  ["an img of a neighbour", "same-site", "no-cors", "image", false],
  ["a program", null, null, null, false],
])("%s", (_, site, mode, dest, expected) => {
  const fields = new Headers();
  for (const [name, value] of [
    ["Sec-Fetch-Site", site],
    ["Sec-Fetch-Mode", mode],
    ["Sec-Fetch-Dest", dest],
  ] as const)
    if (value !== null) fields.set(name, value);
  expect(isCrossSiteEmbed(fields)).toBe(expected);
});
