import { describe, expect, it } from "vitest";
import { formatsFor, isShownAlike, outputType, suitsAvif } from "../../../src/images/preset-format.ts";
import type { Preset } from "../../../src/preset.ts";

function preset(format: Preset["format"]): Preset {
  return { name: "p", width: 9, height: undefined, fit: "scale-down", quality: undefined, format };
}

describe("formatsFor", () => {
  it.each<[Preset["format"], string | null, string[]]>([
    ["auto", "image/avif,image/webp,*/*", ["avif", "webp", "same"]],
    ["auto", "image/webp,image/avif;q=0.9", ["webp", "avif", "same"]],
    ["auto", "image/avif", ["avif", "same"]],
    ["auto", "image/webp", ["webp", "same"]],
    ["auto", "*/*", ["same"]],
    ["auto", null, ["same"]],
    ["avif", "*/*", ["avif", "webp"]],
    ["webp", "image/avif", ["webp"]],
    ["jpeg", "image/avif", ["jpeg"]],
    ["png", null, ["png"]],
  ])("of a preset in %s, for %j", (format, accept, expected) => {
    expect(formatsFor(preset(format), accept)).toEqual(expected);
  });
});

it.each([
  ["webp", "jpeg", "image/webp"],
  ["same", "jpeg", "image/jpeg"],
  ["same", "png", "image/png"],
  ["same", "gif", "image/gif"],
  ["same", "webp", "image/webp"],
  ["same", "avif", "image/avif"],
  ["same", "heic", "image/jpeg"],
] as const)("in the format %s a %s becomes %s", (format, original, expected) => {
  expect(outputType(format, original)).toBe(expected);
});

it.each([
  [1200, 1200, false, true],
  [1201, 10, false, false],
  [10, 1201, false, false],
  [10, 10, true, false],
])("AVIF for %i × %i, moving: %s → %s", (width, height, isAnimated, expected) => {
  expect(suitsAvif({ width, height }, { isAnimated })).toBe(expected);
});

describe("isShownAlike: a client that asks for a format can show an original of", () => {
  it.each([
    ["jpeg", ["avif", "webp", "jpeg", "png", "same"]],
    ["png", ["avif", "webp", "jpeg", "png", "same"]],
    ["gif", ["avif", "webp", "jpeg", "png", "same"]],
    ["webp", ["avif", "webp", "same"]],
    ["avif", ["avif", "same"]],
    ["heic", []],
  ] as const)("%s: %j", (original, expected) => {
    const formats = ["avif", "webp", "jpeg", "png", "same"] as const;
    expect(formats.filter((format) => isShownAlike(original, format))).toEqual(expected);
  });
});
