import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readImageHeader } from "../../../src/images/image-header.ts";
import { type Size, sizeFor } from "../../../src/images/preset-size.ts";
import { type Preset, parsePresets } from "../../../src/preset.ts";
import { ImagesStandIn } from "../support/images-binding.ts";
import { testImage } from "../support/test-image.ts";

const FITS = ["scale-down", "contain", "cover", "crop", "aspect-crop", "pad", "squeeze"];

function preset(recipe: object): Preset {
  const presets = parsePresets({ p: recipe });
  const found = "problem" in presets ? undefined : presets.get("p");
  if (found === undefined) throw new Error("this is no preset");
  return found;
}

/** What the binding makes of it, as it is documented. */
async function madeBy({ resize }: ReturnType<typeof sizeFor>, original: Size): Promise<Size | undefined> {
  const images = new ImagesStandIn();
  const { body } = new Response(testImage({ type: "png", ...original }));
  if (body === null) throw new Error("no body");
  const input = images.input(body);
  const made = await (resize === undefined ? input : input.transform(resize)).output({ format: "image/png" });
  const header = readImageHeader(new Uint8Array(await made.response().arrayBuffer()));
  return header && { width: header.width, height: header.height };
}

describe("sizeFor", () => {
  it.each<[object, [number, number], [number, number]]>([
    // The examples of https://developers.cloudflare.com/images/optimization/features/#fit
    [{ width: 2000, height: 2000, fit: "scale-down" }, [1080, 720], [1080, 720]],
    [{ width: 500, height: 500, fit: "scale-down" }, [1080, 720], [500, 333]],
    [{ width: 500, height: 500, fit: "cover" }, [1080, 720], [500, 500]],
    [{ width: 1296, height: 1296, fit: "crop" }, [1080, 720], [1080, 720]],
    [{ width: 1920, height: 1120, fit: "aspect-crop" }, [612, 613], [612, 357]],
    [{ width: 1080, height: 540, fit: "squeeze" }, [1080, 720], [1080, 540]],
    // One side.
    [{ width: 320 }, [800, 600], [320, 240]],
    [{ height: 90 }, [800, 600], [120, 90]],
    [{ width: 320, fit: "cover" }, [800, 600], [320, 240]],
    [{ width: 4096 }, [800, 600], [800, 600]],
    // No side.
    [{ format: "webp" }, [800, 600], [800, 600]],
    // Never enlarged.
    [{ width: 800, height: 800, fit: "contain" }, [400, 300], [400, 300]],
    [{ width: 800, height: 800, fit: "cover" }, [400, 300], [300, 300]],
    [{ width: 800, height: 400, fit: "cover" }, [600, 600], [600, 300]],
    [{ width: 800, height: 800, fit: "pad" }, [400, 300], [400, 400]],
    [{ width: 800, height: 800, fit: "pad" }, [1600, 300], [800, 800]],
    [{ width: 800, height: 800, fit: "squeeze" }, [400, 300], [300, 300]],
    [{ width: 500, height: 500, fit: "crop" }, [1000, 200], [500, 200]],
    // A side has a pixel at least.
    [{ width: 100 }, [4000, 3], [100, 1]],
  ])("%j of %j is %j", async (recipe, [width, height], [resultWidth, resultHeight]) => {
    const original = { width, height };
    const sizing = sizeFor(preset(recipe), original);
    expect(sizing.result).toEqual({ width: resultWidth, height: resultHeight });
    expect(await madeBy(sizing, original)).toEqual(sizing.result);
  });

  it("never enlarges, never leaves the sides of the preset, and is what the binding makes", async () => {
    const length = fc.integer({ min: 1, max: 4096 });
    const sides = fc.record({ width: length, height: length });
    await fc.assert(
      fc.asyncProperty(sides, sides, fc.constantFrom(...FITS), async (box, original, fit) => {
        const { resize, result } = sizeFor(preset({ ...box, fit }), original);
        // A pad is larger than what is in it: then the image keeps its size, and one side of the box is the image's.
        const grows = fit === "pad" ? Math.min : Math.max;
        expect(grows(result.width / original.width, result.height / original.height)).toBeLessThanOrEqual(
          1 + 0.5 / original.width + 0.5 / original.height,
        );
        expect(result.width).toBeLessThanOrEqual(box.width);
        expect(result.height).toBeLessThanOrEqual(box.height);
        expect(await madeBy({ resize, result }, original)).toEqual(result);
      }),
      { numRuns: 1_000 },
    );
  });
});
