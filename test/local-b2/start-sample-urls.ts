import { readdir } from "node:fs/promises";
import { relative, sep } from "node:path";

const IMAGE_NAME = /\.(jpe?g|png|webp|avif|gif|svg)$/i;

/** Finds up to `count` images under the folder and gives the path of each at the Worker, encoded. */
export async function findSamplePaths(dir: string, count: number): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && IMAGE_NAME.test(entry.name) && !entry.name.startsWith("."))
    .map((entry) => relative(dir, `${entry.parentPath}${sep}${entry.name}`).split(sep).join("/"))
    .sort()
    .slice(0, count)
    .map(toUrlPath);
}

/** Encodes a file name as a URL path that keeps the characters which B2 keeps in its own links. */
export function toUrlPath(fileName: string): string {
  const kept = encodeURIComponent(fileName).replaceAll(/%(2F|24|3B|3D|3A|40)/g, decodeURIComponent);
  return `/${kept}`;
}
