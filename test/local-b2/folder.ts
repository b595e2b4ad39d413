import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, realpath, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { addVersion, type Bucket, type FileSource, type FileVersion, newVersion, removeVersion } from "./b2/bucket.ts";
import type { Content } from "./b2/content.ts";

/** A file of the folder as it was at the last look. */
interface Seen {
  /** What changes when its content does. */
  signature: string;
  version: FileVersion;
  /** An upload's content is in memory too, and stays when the file changes. */
  isUpload: boolean;
}

/** Larger files are uploaded to B2 in parts, and then it knows no SHA-1 of the whole. */
const LARGE_FILE_BYTES = 100_000_000;

/** The files of a bucket in a folder of this machine, with those of its folders, as they are at each look. */
export class Folder implements FileSource {
  readonly #bucket: Bucket;
  readonly #dir: string;
  readonly #write: boolean;
  readonly #seen = new Map<string, Seen>();
  /** Names that B2 would refuse. */
  readonly leftOut = new Set<string>();
  /** One look after the other: an older one must not undo a newer one. */
  #lastLook: Promise<void> = Promise.resolve();

  constructor(bucket: Bucket, { dir, write = false }: { dir: string; write?: boolean }) {
    this.#bucket = bucket;
    this.#dir = dir;
    this.#write = write;
  }

  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const names = await fileNamesIn(this.#dir);
      await Promise.all(names.map((name) => this.#look(name)));
      const present = new Set(names);
      for (const name of this.#seen.keys()) if (!present.has(name)) this.#forget(name);
    });
  }

  refreshFile(fileName: string): Promise<void> {
    if (!isVisible(fileName)) return Promise.resolve();
    return this.#inTurn(async () => {
      // Names of B2 are exact: no link, and no other case where the file system would take it.
      const actual = await realpath(join(this.#dir, fileName)).catch(() => undefined);
      if (actual !== undefined && actual !== join(await realpath(this.#dir), fileName)) return;
      await this.#look(fileName);
    });
  }

  /** With `write`, an upload becomes a file of the folder. */
  async keep(version: FileVersion): Promise<void> {
    const { fileName, content } = version;
    if (!this.#write || !isVisible(fileName)) return;
    await this.#inTurn(async () => {
      const path = join(this.#dir, fileName);
      await mkdir(dirname(path), { recursive: true });
      await unlink(path).catch(() => undefined);
      await writeFile(path, content.size === 0 ? "" : (new Response(content.open(0, content.size - 1)).body ?? ""));
      this.#overwrite(fileName);
      this.#seen.set(fileName, { signature: (await signatureOf(path))?.text ?? "", version, isUpload: true });
    });
  }

  /** With `write`, what a client deletes is gone from the folder too. */
  async remove(fileName: string): Promise<void> {
    if (!this.#write) return;
    await this.#inTurn(async () => {
      if (this.#seen.delete(fileName)) await unlink(join(this.#dir, fileName)).catch(() => undefined);
    });
  }

  #inTurn(look: () => Promise<void>): Promise<void> {
    const turn = this.#lastLook.then(look);
    this.#lastLook = turn.catch(() => undefined);
    return turn;
  }

  async #look(fileName: string): Promise<void> {
    const path = join(this.#dir, fileName);
    const signature = await signatureOf(path);
    const seen = this.#seen.get(fileName);
    if (signature === undefined) return this.#forget(fileName);
    if (seen?.signature === signature.text) return;
    const version = this.#versionOf(fileName, signature, contentOfFile(path, signature.size));
    this.#overwrite(fileName);
    if (version === undefined) return;
    addVersion(this.#bucket, version);
    this.#seen.set(fileName, { signature: signature.text, version, isUpload: false });
  }

  /** Undefined for a name that B2 would refuse. */
  #versionOf(fileName: string, { mtimeMs }: Signature, content: Content): FileVersion | undefined {
    try {
      const uploadTimestamp = Math.floor(mtimeMs);
      return newVersion(this.#bucket, { fileName, contentType: "b2/x-auto", info: {}, content, uploadTimestamp });
    } catch {
      this.leftOut.add(fileName);
      return undefined;
    }
  }

  /** What a file of the folder was before it changed is gone. */
  #overwrite(fileName: string): void {
    if (this.#seen.get(fileName)?.isUpload === false) this.#forget(fileName);
  }

  #forget(fileName: string): void {
    const seen = this.#seen.get(fileName);
    if (seen !== undefined) removeVersion(this.#bucket, seen.version);
    this.#seen.delete(fileName);
  }
}

interface Signature {
  text: string;
  size: number;
  mtimeMs: number;
}

/** Throws an error of one sentence when it is no folder. */
export async function requireFolder(dir: string): Promise<void> {
  const isFolder = await stat(dir).then(
    (it) => it.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(`${dir} is not a folder that can be read.`);
}

async function fileNamesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter(isVisible);
}

/** No name with a dot in front (`.DS_Store`, `.git/…`), and so none that leads out of the folder. */
function isVisible(fileName: string): boolean {
  return fileName.split("/").every((segment) => segment !== "" && !segment.startsWith("."));
}

async function signatureOf(path: string): Promise<Signature | undefined> {
  const it = await stat(path).catch(() => undefined);
  if (it === undefined || !it.isFile()) return undefined;
  return { text: `${it.ino} ${it.size} ${it.mtimeMs}`, size: it.size, mtimeMs: it.mtimeMs };
}

function contentOfFile(path: string, size: number): Content {
  let known: Promise<string> | undefined;
  return {
    size,
    sha1: () => {
      known ??= size > LARGE_FILE_BYTES ? Promise.resolve("none") : sha1OfFile(path);
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
