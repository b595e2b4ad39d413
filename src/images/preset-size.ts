import type { Preset } from "../preset.ts";
import type { Resize } from "./images-binding.ts";

/** The size of an image, in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** How an image is resized. */
export interface Sizing {
  /** The request to the binding; undefined: the image keeps its size. */
  resize: Resize | undefined;
  /** The size of the result. */
  result: Size;
}

/**
 * Computes how a preset resizes an original of this size. It never enlarges: `contain`, `cover`, `pad` and `squeeze` would,
 * so the box that they fill shrinks in its own proportions until nothing has to grow. It is not documented how `crop` treats
 * an image that is smaller than the box in one direction only, so its box is never larger than the original.
 * Source: https://developers.cloudflare.com/images/optimization/features/#fit
 */
export function sizeFor({ width, height, fit }: Preset, original: Size): Sizing {
  if (width === undefined && height === undefined) return { resize: undefined, result: original };
  if (width === undefined || height === undefined || fit === "scale-down" || fit === "contain") {
    const scale = Math.min(1, (width ?? Infinity) / original.width, (height ?? Infinity) / original.height);
    const sides = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) };
    return { resize: { ...sides, fit: "scale-down" }, result: scaled(original, scale) };
  }
  const across = original.width / width;
  const down = original.height / height;
  switch (fit) {
    case "crop": {
      const box = { width: Math.min(width, original.width), height: Math.min(height, original.height) };
      return { resize: { ...box, fit }, result: box };
    }
    case "cover":
    case "aspect-crop":
      return filled("cover", scaled({ width, height }, Math.min(1, across, down)));
    case "squeeze":
      return filled("squeeze", scaled({ width, height }, Math.min(1, across, down)));
    case "pad":
      return filled("pad", scaled({ width, height }, Math.min(1, Math.max(across, down))));
  }
}

function filled(fit: "cover" | "pad" | "squeeze", box: Size): Sizing {
  return { resize: { ...box, fit }, result: box };
}

function scaled({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
