import { createHash } from "node:crypto";
import type { Random } from "./seeded-random.ts";

export interface SoakFile {
  name: string;
  content: Uint8Array<ArrayBuffer>;
  sha256: string;
  /** As the Worker makes it from the SHA-1 that B2 checked. */
  etag: string;
}

const SIZES = [0, 1, 600, 4_096, 70_000, 300_000];
const FOLDERS = ["", "photos/", "odd names/été + co/", "画像/", "a&b/[1]/(2)/it's/", "100%/#1?/😀/"];
const COPIES = 5;

/** Files of all sizes under plain and odd names. */
export function makeFiles(random: Random): SoakFile[] {
  return FOLDERS.flatMap((folder) =>
    SIZES.flatMap((size) =>
      Array.from({ length: COPIES }, (_, copy) => makeFile(`${folder}${size}-${copy}.jpg`, size, random)),
    ),
  );
}

function makeFile(name: string, size: number, random: Random): SoakFile {
  const content = new Uint8Array(size);
  for (let place = 0; place < size; place++) content[place] = Math.floor(random() * 256);
  return { name, content, sha256: sha256(content), etag: `"${createHash("sha1").update(content).digest("hex")}"` };
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
