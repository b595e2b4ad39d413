import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

const IMAGE_NAME = /\.(jpe?g|png|webp|avif|gif|svg)$/i;

/** Finds up to `count` images under the folder and gives the URL path of each at the Worker. */
export async function findSamplePaths(dir: string, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && IMAGE_NAME.test(entry.name) && !entry.name.startsWith("."))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort()
    .slice(0, count)
    .map(toUrlPath);
}

/** Encodes a file name as a URL path in which every character that a path may have stands for itself (RFC 3986 §3.3). */
export function toUrlPath(fileName: string): string {
  return `/${encodeURIComponent(fileName).replaceAll(/%(24|26|2B|2C|2F|3A|3B|3D|40)/g, decodeURIComponent)}`;
}
