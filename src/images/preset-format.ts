import type { ImageType } from "image-dimensions";
import { preferredImageTypes } from "../http/accept.ts";
import type { Preset } from "../preset.ts";
import type { OutputType } from "./images-binding.ts";
import type { Size } from "./preset-size.ts";

/** What a result is asked for in: a type, or the type of its original. It is part of what the result is cached under. */
const PRESET_FORMATS = ["avif", "webp", "jpeg", "png", "same"] as const;
export type PresetFormat = (typeof PRESET_FORMATS)[number];

export function isPresetFormat(text: string): text is PresetFormat {
  return PRESET_FORMATS.some((format) => format === text);
}

/** Source: https://developers.cloudflare.com/images/get-started/limits/ */
const LONGEST_AVIF_SIDE = 1200;

/**
 * The formats to ask for, one after the other until one suits the image: by `Accept`, or by the preset. WebP stands behind
 * a preset's own AVIF, as in Cloudflare's word `format=avif`.
 */
export function formatsFor(preset: Preset, accept: string | null): [PresetFormat, ...PresetFormat[]] {
  switch (preset.format) {
    case "auto": {
      const [best, other] = preferredImageTypes(accept).map((type) => (type === "image/avif" ? "avif" : "webp"));
      if (best === undefined) return ["same"];
      return other === undefined ? [best, "same"] : [best, other, "same"];
    }
    case "avif":
      return ["avif", "webp"];
    case "webp":
    case "jpeg":
    case "png":
      return [preset.format];
  }
}

/** The type to encode. HEIC is no output of the binding, and few browsers show it. */
export function outputType(format: PresetFormat, original: ImageType): OutputType {
  if (format !== "same") return `image/${format}`;
  return original === "heic" ? "image/jpeg" : `image/${original}`;
}

/** AVIF has an end at 1,200 pixels a side, and does not move here. */
export function suitsAvif({ width, height }: Size, { isAnimated }: { isAnimated: boolean }): boolean {
  return !isAnimated && width <= LONGEST_AVIF_SIDE && height <= LONGEST_AVIF_SIDE;
}

/** Whether whoever asks for a format can be given the original in its place. Every browser shows JPEG, PNG and GIF. */
export function isShownAlike(original: ImageType, format: PresetFormat): boolean {
  switch (original) {
    case "jpeg":
    case "png":
    case "gif":
      return true;
    case "webp":
      return format === "webp" || format === "avif" || format === "same";
    case "avif":
      return format === "avif" || format === "same";
    case "heic":
      return false;
  }
}
