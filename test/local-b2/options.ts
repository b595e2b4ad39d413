import type { Content } from "./b2/content.ts";
import type { Switches } from "./b2/switches.ts";

/** What a local B2 begins with. */
export interface LocalB2Options {
  keyId?: string;
  key?: string;
  bucket?: string;
  secondBucket?: string;
  capabilities?: string[];
  /** The key reaches every bucket. */
  unrestricted?: boolean;
  namePrefix?: string | null;
  /** When the key ends, in ms since the epoch. */
  keyExpiresAt?: number;
  isPublic?: boolean;
  /** Where sources about B2 differ: which B2 this one is. */
  switches?: Partial<Switches>;
  /** Sends an event notification; `fetch` when left out. */
  deliver?: (request: Request) => Promise<Response>;
  /** Where it is reached. */
  url?: string;
  files?: Record<string, LocalFile>;
}

/** A file as a test or a folder gives it. */
export interface LocalFile {
  content: Uint8Array<ArrayBuffer> | string | Content;
  contentType?: string;
  cacheControl?: string;
  contentEncoding?: string;
  contentDisposition?: string;
  contentLanguage?: string;
  expires?: string;
  /** Other info of the uploader. */
  info?: Record<string, string>;
  /** `none` as for a large file, or `unverified:…`. */
  sha1?: string;
}
