import { describe, expect, it } from "vitest";
import { chooseThumbnailPreset, thumbnailOf } from "../../../src/gallery/thumbnail.ts";
import { parsePresets } from "../../../src/preset.ts";

const BYTES = 1_000_000;

describe("what is drawn", () => {
  it.each<[string, string | undefined, "original" | "preset" | undefined, "original" | undefined]>([
    ["a.jpg", "image/jpeg", "preset", "original"],
    ["a.jpg", "image/pjpeg", "preset", "original"],
    ["a", "IMAGE/PNG; charset=binary", "preset", "original"],
    ["a.gif", "image/gif", "preset", "original"],
    ["a.webp", "image/webp", "preset", "original"],
    ["a.heic", "image/heic", "preset", undefined],
    ["a", "image/avif", "original", "original"],
    ["a.svg", "image/svg+xml", "original", "original"],
    ["a.JPEG", "application/octet-stream", "original", "original"],
    ["a.webp", undefined, "original", "original"],
    ["a.gif", "", "original", "original"],
    ["a.heic", "application/octet-stream", undefined, undefined],
    ["a.txt", undefined, undefined, undefined],
    ["a.jpg", "text/html", undefined, undefined],
    ["a.jpg", "image/jpegs", undefined, undefined],
    ["a.jpg", "video/mp4", undefined, undefined],
    ["a.tif", "image/tiff", undefined, undefined],
    ["jpg", "application/octet-stream", undefined, undefined],
  ])("for %s of type %s is the %s, and without presets the %s", (name, contentType, withPreset, without) => {
    const file = { name, contentType, bytes: BYTES };
    expect(thumbnailOf(file, "thumb")?.kind).toBe(withPreset);
    expect(thumbnailOf(file, undefined)?.kind).toBe(without);
  });

  it("for a file that is too large to be transformed is the file itself", () => {
    const file = { name: "a.jpg", contentType: "image/jpeg" };
    expect(thumbnailOf({ ...file, bytes: 20_000_000 }, "thumb")).toEqual({ kind: "preset", name: "thumb" });
    expect(thumbnailOf({ ...file, bytes: 20_000_001 }, "thumb")).toEqual({ kind: "original" });
  });
});

it.each<[object, string | undefined]>([
  [{}, undefined],
  [{ small: { width: 100 }, thumb: { width: 320 }, card: { width: 800 } }, "thumb"],
  [{ card: { width: 800 }, square: { width: 400, height: 400 }, tall: { height: 600 } }, "square"],
  [{ tiny: { width: 64 }, small: { width: 160 } }, "small"],
  [{ light: { quality: 50 } }, undefined],
  [{ light: { quality: 50 }, wide: { width: 2000 } }, "wide"],
])("of the presets %j, thumbnails are made by %s", (table, expected) => {
  const presets = parsePresets(table);
  if ("problem" in presets) throw new Error(presets.problem);
  expect(chooseThumbnailPreset(presets)).toBe(expected);
});
