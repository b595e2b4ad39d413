import type { ImageType } from "image-dimensions";
import type { Log } from "../log.ts";
import { withDeadline } from "../with-deadline.ts";
import type { ImagesBinding, OutputType, Resize } from "./images-binding.ts";
import { adviceFor, type ImagesFault, readImagesError } from "./images-error.ts";
import { createMemoryRoom, type MemoryRoom } from "./memory-room.ts";

/** Longer than encoding AVIF takes, and shorter than visitors wait. */
const TIMEOUT_MS = 15_000;
const QUOTA_PAUSE_MS = 3_600_000;
/** Each original is in memory twice, since the binding takes a copy: 80 MB of the isolate's 128 MB. */
const ROOM_BYTES = 40_000_000;
/** Longer than it takes to read an original and transform it: 15 s each. */
const LEASE_MS = 35_000;

/** How to transform an image. */
export interface Recipe {
  /** Undefined: the image keeps its size. */
  resize: Resize | undefined;
  quality: number | undefined;
  type: OutputType;
}

/** An image to transform, with fields for the log. */
export interface Source {
  content: ArrayBuffer;
  type: ImageType;
  about: { ray: string | undefined; file: string; preset: string };
}

/** The result of a transformation. */
export type Transformed =
  | { kind: "made"; content: ArrayBuffer; contentType: string }
  /** This image can never be transformed in this way. */
  | { kind: "refused" }
  /** It may work later. */
  | { kind: "failed" };

/** Transforms images with the Images binding. */
export interface Transformer {
  /** Whether the account has used up its transformations, as far as this isolate knows. */
  isPaused(): boolean;
  /** Waits until there is memory for an original. */
  enter: MemoryRoom;
  transform(source: Source, recipe: Recipe): Promise<Transformed>;
}

export interface TransformerParts {
  images: ImagesBinding;
  log: Log;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

/** Makes the transformer of one isolate, the only code that calls the Images binding. Errors are logged and become values. */
export function createTransformer({ images, log, now, wait }: TransformerParts): Transformer {
  let pausedUntil = 0;
  /** Types that the binding does not accept from this account. */
  const refusedTypes = new Set<ImageType>();

  async function transform(source: Source, recipe: Recipe): Promise<Transformed> {
    if (refusedTypes.has(source.type)) return { kind: "refused" };
    if (isPaused()) return { kind: "failed" };
    try {
      return await withDeadline(callBinding(images, source.content, recipe), TIMEOUT_MS, tookTooLong);
    } catch (error) {
      const fault = readImagesError(error);
      report(fault, source, recipe);
      if (fault.kind === "quota") pausedUntil = now() + QUOTA_PAUSE_MS;
      // «AVIF input is not enabled for this account» is true of every AVIF; likewise «The HEIC format is not supported».
      if (fault.code === 9412 && fault.message.includes(`${source.type.toUpperCase()} `)) refusedTypes.add(source.type);
      return { kind: fault.kind === "lasting" ? "refused" : "failed" };
    }
  }

  function report(fault: ImagesFault, { about }: Source, { type }: Recipe): void {
    const { kind, code, message } = fault;
    const advice = adviceFor(fault, now());
    log(kind === "lasting" ? "warn" : "error", "preset.failed", { ...about, type, code, error: message, advice });
  }

  function isPaused(): boolean {
    return now() < pausedUntil;
  }

  const enter = createMemoryRoom({ bytes: ROOM_BYTES, leaseMs: LEASE_MS, now, wait });
  return { isPaused, enter, transform };
}

async function callBinding(images: ImagesBinding, content: ArrayBuffer, recipe: Recipe): Promise<Transformed> {
  const { resize, quality, type } = recipe;
  const { body } = new Response(content);
  if (body === null) throw new Error("An empty file is no image.");
  const input = images.input(body);
  const sized = resize === undefined ? input : input.transform(resize);
  const moves = type === "image/webp" || type === "image/gif";
  const output = await sized.output({
    format: type,
    ...(quality !== undefined && { quality }),
    ...(!moves && { anim: false }),
  });
  const contentType = output.contentType();
  const made = await output.response().arrayBuffer();
  if (!contentType.startsWith("image/") || made.byteLength === 0)
    throw new Error(`It gave no image, but ${contentType}.`);
  return { kind: "made", content: made, contentType };
}

function tookTooLong(): Error {
  return new Error(`The Images binding did not answer within ${TIMEOUT_MS / 1000} seconds.`);
}
