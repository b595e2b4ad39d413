/** The largest original that the binding takes: 20 MB by its own page (100 MB by another). Source: https://developers.cloudflare.com/images/optimization/binding/ */
export const MOST_ORIGINAL_BYTES = 20_000_000;

/** The types that the binding can be asked to encode. */
export type OutputType = "image/avif" | "image/webp" | "image/jpeg" | "image/png" | "image/gif";

/** The size to ask the binding for, in pixels. */
export interface Resize {
  width?: number;
  height?: number;
  fit: "scale-down" | "cover" | "crop" | "pad" | "squeeze";
}

interface Transformer {
  transform(resize: Resize): Transformer;
  output(options: { format: OutputType; quality?: number; anim?: boolean }): Promise<{
    contentType(): string;
    response(): Response;
  }>;
}

/** The part of Cloudflare's Images binding that is used here. Its errors have a `code`. */
export interface ImagesBinding {
  input(content: ReadableStream<Uint8Array>): Transformer;
}
