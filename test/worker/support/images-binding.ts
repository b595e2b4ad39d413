import { imageDimensionsFromData } from "image-dimensions";
import { bindingError, fitted, MEGAPIXEL, refuseInput, type Sides } from "./binding-rules.ts";
import { type TestImage, testImage } from "./test-image.ts";

/** A call that ended with a result or an error: each one is paid. */
export interface BindingCall {
  input: TestImage["type"] | undefined;
  /** The last words of the input. */
  source: string;
  resize: ImageTransform | undefined;
  output: ImageOutputOptions;
}

/** What the result is made of: the last bytes of a result tell it. */
export interface MadeOf {
  /** The last bytes of the input. */
  source: string;
  resize: ImageTransform | undefined;
  output: ImageOutputOptions;
}

/** How many bytes a result has: by default few. */
export type ResultBytes = (result: { width: number; height: number; type: string; quality: number }) => number;

/**
 * A stand-in for the Images binding that behaves as its documentation says, where the local one cannot: it fits as asked,
 * counts, refuses, and fails on demand. It reads and writes only the headers of images. The rules are those of
 * https://developers.cloudflare.com/images/optimization/binding/ and the pages named below.
 */
export class ImagesStandIn implements Pick<ImagesBinding, "input"> {
  readonly calls: BindingCall[] = [];
  /** How many transformations are left in the month. Source: https://developers.cloudflare.com/images/pricing/ */
  free = Number.POSITIVE_INFINITY;
  /** Input formats that not every account may send. Source: https://developers.cloudflare.com/images/get-started/limits/ */
  readonly extraInputs = new Set<"avif" | "heic">();
  resultBytes: ResultBytes = ({ width, height, quality }) => Math.round((width * height * quality) / 2_000);
  /** How long a call takes. */
  delayMs = 0;
  /** How many calls there were at most at one time. */
  mostAtOnce = 0;
  #atOnce = 0;
  #failures: Error[] = [];
  #stalled = false;

  /** Lets the next calls fail with this error. */
  fail(code: number, message = "Could not transform", times = 1): void {
    for (let n = 0; n < times; n += 1) this.#failures.push(bindingError(code, message));
  }

  /** Lets the next call fail with something that is no error of the binding. */
  breakOnce(error: Error): void {
    this.#failures.push(error);
  }

  /** From now on no call ends. */
  stall(): void {
    this.#stalled = true;
  }

  /** From now on nothing fails. */
  recover(): void {
    this.#failures = [];
  }

  input(stream: ReadableStream<Uint8Array>): ImageTransformer {
    let resize: ImageTransform | undefined;
    let consumed = false;
    const transformer: ImageTransformer = {
      transform: (asked) => {
        resize = asked;
        return transformer;
      },
      draw: () => {
        throw new Error("nothing here draws");
      },
      output: async (output) => {
        // Source: the binding's own code, https://github.com/cloudflare/workerd/blob/main/src/cloudflare/internal/images-api.ts
        if (consumed) throw bindingError(9525, "ImageTransformer consumed; you may only call .output() once");
        consumed = true;
        const file = new Uint8Array(await new Response(stream).arrayBuffer());
        this.calls.push({ input: imageDimensionsFromData(file)?.type, source: sourceOf(file), resize, output });
        if (this.#stalled) await new Promise(() => undefined);
        await this.#takeTime();
        return this.#output(file, resize, output);
      },
    };
    return transformer;
  }

  async #takeTime(): Promise<void> {
    if (this.delayMs === 0) return;
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    await scheduler.wait(this.delayMs);
    this.#atOnce -= 1;
  }

  /** The whole binding, of which the Worker uses this part alone. */
  get binding(): ImagesBinding {
    return this as unknown as ImagesBinding;
  }

  #output(file: Uint8Array, resize: ImageTransform | undefined, output: ImageOutputOptions): ImageTransformationResult {
    const input = imageDimensionsFromData(file);
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    if (this.free <= 0) throw bindingError(9422, "Free unique transformations by account has been exhausted");
    this.free -= 1;
    const frames = refuseInput(file, this.extraInputs);
    if (input === undefined) throw bindingError(9412, "The requested file is not an image.");
    // «Any animations over 50 megapixels will be delivered without applying any transformations.»
    // Source: https://developers.cloudflare.com/images/get-started/limits/#limits-for-animated-images
    if (frames > 1 && input.width * input.height * frames > 50 * MEGAPIXEL) return result(file, `image/${input.type}`);
    const sides = fitted(input, resize ?? {});
    if (output.format === "image/avif" && Math.max(sides.width, sides.height) > 1200) {
      throw bindingError(9413, "Could not resize the image: Output format rejected");
    }
    return result(this.#write(sides, { file, frames, resize, output }), output.format);
  }

  #write(
    sides: Sides,
    { file, frames, resize, output }: { file: Uint8Array; frames: number } & Omit<MadeOf, "source">,
  ): Uint8Array<ArrayBuffer> {
    const type = typeOf(output.format);
    // Source: https://developers.cloudflare.com/images/optimization/features/#quality--q
    const { quality = 85 } = output;
    const madeOf: MadeOf = { source: sourceOf(file), resize, output };
    // Source: https://developers.cloudflare.com/images/optimization/features/#anim
    const keepsFrames = output.anim !== false && (type === "gif" || type === "webp");
    return testImage({
      ...sides,
      type,
      frames: keepsFrames ? frames : 1,
      bytes: this.resultBytes({ ...sides, type, quality }),
      note: `\n${JSON.stringify(madeOf)}`,
    });
  }
}

function sourceOf(file: Uint8Array): string {
  return new TextDecoder().decode(file.subarray(-20)).replace(/^[^\w]+/, "");
}

/** What a result was made of. */
export function madeOf(result: ArrayBuffer): MadeOf {
  return JSON.parse(new TextDecoder("latin1").decode(result).split("\n").at(-1) ?? "");
}

function typeOf(format: ImageOutputOptions["format"]): TestImage["type"] {
  switch (format) {
    case "image/jpeg":
      return "jpeg";
    case "image/png":
      return "png";
    case "image/gif":
      return "gif";
    case "image/webp":
      return "webp";
    case "image/avif":
      return "avif";
    default:
      throw bindingError(9401, `no output format: ${format}`);
  }
}

function result(file: Uint8Array<ArrayBuffer> | Uint8Array, contentType: string): ImageTransformationResult {
  const body = () => new Response(Uint8Array.from(file)).body ?? new ReadableStream<Uint8Array>();
  return {
    contentType: () => contentType,
    image: body,
    response: () => new Response(body(), { headers: { "Content-Type": contentType } }),
  };
}
