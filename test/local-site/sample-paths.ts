import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { addressOf } from "../../src/address.ts";

const IMAGE_NAME = /\.(jpe?g|png|webp|avif|gif|svg)$/i;
const BUCKET = { bucketName: "images", fileNamePrefix: "" };

/** Finds up to `count` images under the folder and gives the URL path of each at the Worker, if it serves it. */
export async function findSamplePaths(dir: string, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && IMAGE_NAME.test(entry.name) && !entry.name.startsWith("."))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort()
    .flatMap((path) => addressOf(path, BUCKET) ?? [])
    .slice(0, count);
}
