import { expect, it } from "vitest";
import { isImage } from "../../../src/gallery/is-image.ts";

it.each([
  ["a.jpg", "image/jpeg", true],
  ["a", "image/avif", true],
  ["a.bin", "IMAGE/PNG; charset=binary", true],
  ["a.svg", "image/svg+xml", true],
  ["a.JPEG", "application/octet-stream", true],
  ["a.webp", undefined, true],
  ["a.gif", "", true],
  ["a.txt", undefined, false],
  ["a.jpg", "text/html", false],
  ["a.jpg", "video/mp4", false],
  ["a.heic", "image/heic", false],
  ["a.tif", "image/tiff", false],
  ["jpg", "application/octet-stream", false],
])("%s of type %s is shown as an image: %j", (name, contentType, expected) => {
  expect(isImage(name, contentType)).toBe(expected);
});
