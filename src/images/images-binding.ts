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
