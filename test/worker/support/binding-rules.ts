import { imageDimensionsFromData } from "image-dimensions";
import { framesOf } from "./test-image.ts";

export const MEGAPIXEL = 1_000_000;

export interface Sides {
  width: number;
  height: number;
}

/** Throws for what is never taken; gives the number of frames. */
export function refuseInput(file: Uint8Array, extraInputs: ReadonlySet<string>): number {
  // Source: https://developers.cloudflare.com/images/optimization/binding/#inputstream
  if (file.length > 20_000_000) throw bindingError(9402, "Could not fetch the image — file too large");
  // Sources: https://developers.cloudflare.com/images/reference/errors/ and …/images/get-started/limits/#input-formats
  const input = imageDimensionsFromData(file);
  if (input?.type === "avif" && !extraInputs.has("avif"))
    throw bindingError(9412, "Could not resize the image: AVIF input is not enabled for this account.");
  if (input?.type === "heic" && !extraInputs.has("heic"))
    throw bindingError(9412, "Could not resize the image: The HEIC format is not supported");
  if (new TextDecoder().decode(file.subarray(0, 100)).includes("<svg")) {
    throw bindingError(9412, "Conversion between SVG and raster formats is not supported");
  }
  const { width = 0, height = 0 } = input ?? {};
  const frames = framesOf(file);
  if (width * height * frames > 100 * MEGAPIXEL || Math.max(width, height) > 12_000) {
    throw bindingError(9413, "Could not resize the image: the image is too large");
  }
  return frames;
}

/** Source: https://developers.cloudflare.com/images/optimization/features/#fit, its table and its examples. */
export function fitted(original: Sides, { width, height, fit = "scale-down" }: ImageTransform): Sides {
  if (width === undefined && height === undefined) return original;
  const across = (width ?? Number.POSITIVE_INFINITY) / original.width;
  const down = (height ?? Number.POSITIVE_INFINITY) / original.height;
  const inside = Math.min(across, down);
  if (fit === "scale-down") return scaled(original, Math.min(1, inside));
  if (fit === "contain" || width === undefined || height === undefined) return scaled(original, inside);
  // Smaller in one direction alone is not documented: whoever asks for it must not rely on anything.
  if (fit === "crop" && across >= 1 && down >= 1) return original;
  if (fit === "crop" && (across > 1 || down > 1))
    throw bindingError(9401, "crop of an image that is smaller on one side");
  return { width, height };
}

function scaled({ width, height }: Sides, scale: number): Sides {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** As the binding's own code makes it: the message begins with the code, which is a property too. */
export function bindingError(code: number, message: string): Error {
  return Object.assign(new Error(`IMAGES_TRANSFORM_ERROR ${code}: ${message}`), { code });
}
