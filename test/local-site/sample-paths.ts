import { addressOf } from "../../src/address.ts";

const IMAGE_NAME = /\.(jpe?g|png|webp|avif|gif|svg)$/i;
const BUCKET = { bucketName: "images", fileNamePrefix: "" };

/** The URL paths at the Worker of the images among these files of the bucket, without those that no URL can name. */
export function samplePathsOf(fileNames: Iterable<string>): string[] {
  return [...fileNames]
    .filter((name) => IMAGE_NAME.test(name))
    .sort()
    .flatMap((name) => addressOf(name, BUCKET) ?? []);
}
