import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import type { LocalB2 } from "./app.ts";
import type { Content } from "./b2/content.ts";

/** Puts the files of a folder, with those of its folders, into a bucket. Nothing is read before it is asked for. */
export async function putFolder(b2: LocalB2, { bucket, dir }: { bucket: string; dir: string }): Promise<number> {
  const isFolder = await stat(dir).then(
    (it) => it.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(`${dir} is not a folder that can be read.`);
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of files)
    b2.put(bucket, relative(dir, path).split(sep).join("/"), { content: await contentOfFile(path) });
  return files.length;
}

/** Writes every upload to a bucket into a folder. */
export function writeUploads(b2: LocalB2, { bucket, dir }: { bucket: string; dir: string }): void {
  b2.uploads.onStored = async ({ name }, { fileName, content }) => {
    const path = join(dir, fileName);
    if (name !== bucket || relative(dir, path).startsWith("..")) return;
    await mkdir(dirname(path), { recursive: true });
    await unlink(path).catch(() => undefined);
    const bytes = content.open(0, content.size - 1);
    await writeFile(
      path,
      bytes instanceof Uint8Array ? bytes : Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0]),
    );
  };
}

async function contentOfFile(path: string): Promise<Content> {
  const { size } = await stat(path);
  let known: string | undefined;
  return {
    size,
    sha1: async () => {
      known ??= await sha1OfFile(path);
      return known;
    },
    open: (start, end) => Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream<Uint8Array>,
  };
}

async function sha1OfFile(path: string): Promise<string> {
  const hash = createHash("sha1");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
