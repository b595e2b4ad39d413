import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readImageHeader } from "../../../src/images/image-header.ts";
import { isTurned } from "../../../src/images/jpeg-orientation.ts";
import { sampleImage } from "../support/sample-images.ts";
import { type TestImage, testImage } from "../support/test-image.ts";

const TYPES: TestImage["type"][] = ["jpeg", "png", "gif", "webp", "avif", "heic"];

describe("readImageHeader", () => {
  it.each([
    ["sunrise.jpg", { type: "jpeg", width: 800, height: 600, isAnimated: false }],
    ["circles+lines.png", { type: "png", width: 800, height: 600, isAnimated: false }],
    ["waves [wide].webp", { type: "webp", width: 800, height: 600, isAnimated: false }],
    ["orbit.gif", { type: "gif", width: 400, height: 300, isAnimated: true }],
    ["painter's palette.avif", { type: "avif", width: 800, height: 600, isAnimated: false }],
  ])("reads the real %s", (name, expected) => {
    expect(readImageHeader(sampleImage(name))).toEqual(expected);
  });

  it.each(TYPES)("reads the sides of a %s", (type) => {
    expect(readImageHeader(testImage({ type, width: 4032, height: 3024 }))).toMatchObject({
      type,
      width: 4032,
      height: 3024,
    });
  });

  it.each<[TestImage["type"], boolean, boolean]>([
    ["jpeg", false, false],
    ["png", false, true],
    ["webp", false, true],
    ["avif", false, true],
    // A still GIF begins like a moving one.
    ["gif", true, true],
  ])("sees whether a %s moves", (type, still, moving) => {
    const isAnimated = (frames: number) =>
      readImageHeader(testImage({ type, width: 9, height: 9, frames }))?.isAnimated;
    expect([isAnimated(1), isAnimated(5)]).toEqual([still, moving]);
  });

  it.each([
    [1, 400, 300],
    [3, 400, 300],
    [4, 400, 300],
    [5, 300, 400],
    [6, 300, 400],
    [8, 300, 400],
    [9, 300, 400],
  ])("gives the sides of a JPEG with orientation %i as they are shown", (orientation, width, height) => {
    expect(readImageHeader(testImage({ type: "jpeg", width: 400, height: 300, orientation }))).toMatchObject({
      width,
      height,
    });
  });

  it("finds sides that come late, behind a large profile", () => {
    const jpeg = testImage({ type: "jpeg", width: 400, height: 300 });
    const segments = Array.from({ length: 4 }, () => [0xff, 0xe2, 0xff, 0xff, ...new Uint8Array(65_533)]).flat();
    const late = Uint8Array.from([...jpeg.subarray(0, 2), ...segments, ...jpeg.subarray(2)]);
    expect(readImageHeader(late)).toMatchObject({ type: "jpeg", width: 400, height: 300 });
  });

  it.each<[string, Uint8Array]>([
    ["text", new TextEncoder().encode("this is no image at all")],
    ["nothing", new Uint8Array()],
    ["an SVG", new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ["an image without width", testImage({ type: "png", width: 0, height: 9 })],
    ["an image without height", testImage({ type: "gif", width: 9, height: 0 })],
    ...TYPES.map((type): [string, Uint8Array] => [
      `a ${type} that ends early`,
      testImage({ type, width: 9, height: 9 }).subarray(0, 9),
    ]),
  ])("knows %s for none", (_, content) => {
    expect(readImageHeader(content)).toBeUndefined();
  });

  it("never throws, whatever is in the file", () => {
    const broken = fc
      .tuple(fc.constantFrom(...TYPES), fc.nat(200), fc.uint8Array({ maxLength: 60 }))
      .map(([type, at, noise]) => {
        const file = testImage({ type, width: 40, height: 30, orientation: 6, frames: 2, bytes: 260 });
        file.set(noise, at);
        return file;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), broken), (content) => {
        readImageHeader(content);
        isTurned(content);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("isTurned", () => {
  it("reads Exif data of either byte order", () => {
    const big = testImage({ type: "jpeg", width: 4, height: 3, orientation: 6 });
    const little = Uint8Array.from(big);
    const tiff = big.findIndex((_, at) => String.fromCharCode(...big.subarray(at, at + 2)) === "MM");
    little.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0], tiff);
    expect([isTurned(big), isTurned(little)]).toEqual([true, true]);
  });

  it("looks into the part of a larger buffer that it is given", () => {
    const file = testImage({ type: "jpeg", width: 4, height: 3, orientation: 6 });
    const larger = Uint8Array.from([...new Uint8Array(7), ...file, ...new Uint8Array(7)]);
    expect(isTurned(larger.subarray(7, 7 + file.length))).toBe(true);
  });
});
