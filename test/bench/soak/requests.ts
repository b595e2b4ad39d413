import { type SoakFile, sha256 } from "./files.ts";
import { BUCKET } from "./recorded-b2.ts";
import { pickOne, type Random } from "./seeded-random.ts";

/** A request and what a good answer to it is. */
export interface SoakRequest {
  kind: RequestKind;
  method: string;
  /** As it is written into the request line. */
  path: string;
  fields: Record<string, string>;
  /** The file that B2 is asked for; undefined when B2 must not be asked. */
  fileName: string | undefined;
  status: number;
  /** SHA-256 of the whole body that is due; undefined for an error page. */
  bodySha256: string | undefined;
}

const KINDS = {
  image: 10,
  query: 2,
  "b2-link": 1,
  range: 3,
  head: 2,
  revalidation: 3,
  missing: 2,
  refused: 2,
} as const;

export type RequestKind = keyof typeof KINDS;

const DECK = (Object.keys(KINDS) as RequestKind[]).flatMap((kind) => Array.from({ length: KINDS[kind] }, () => kind));
const EMPTY = sha256(new Uint8Array());
export const PRIVATE_PREFIX = "private";

/** A request of a random kind; `file` is one that no other request is asking for now. */
export function makeRequest(file: SoakFile, count: number, random: Random): SoakRequest {
  const kind = pickOne(DECK, random);
  const path = `/${file.name.split("/").map(encodeURIComponent).join("/")}`;
  const whole = { kind, method: "GET", path, fields: {}, fileName: file.name, status: 200, bodySha256: file.sha256 };
  switch (kind) {
    case "image":
      return whole;
    case "query":
      return { ...whole, path: `${path}?utm_source=${count}` };
    case "b2-link":
      return { ...whole, path: `/file/${BUCKET}${path.replaceAll("%20", "+")}` };
    case "range":
      return file.content.length === 0 ? whole : { ...whole, ...makeRange(file, random) };
    case "head":
      return { ...whole, method: "HEAD", bodySha256: EMPTY };
    case "revalidation":
      return { ...whole, fields: { "If-None-Match": file.etag }, status: 304, bodySha256: EMPTY };
    case "missing": {
      const fileName = `missing/${count}.jpg`;
      return { ...whole, path: `/${fileName}`, fileName, status: 404, bodySha256: undefined };
    }
    case "refused":
      return { ...whole, ...makeRefused(random), fileName: undefined, bodySha256: undefined };
  }
}

function makeRange({ content }: SoakFile, random: Random): Partial<SoakRequest> & { status: number } {
  const first = Math.floor(random() * content.length);
  const last = first + Math.floor(random() * (content.length - first));
  const bodySha256 = sha256(content.subarray(first, last + 1));
  return { fields: { Range: `bytes=${first}-${last}` }, status: 206, bodySha256 };
}

function makeRefused(random: Random): { method: string; path: string; status: number } {
  return pickOne(
    [
      { method: "GET", path: "/a/%zz.jpg", status: 400 },
      { method: "GET", path: "/a/%2e%2e/b.jpg", status: 400 },
      { method: "GET", path: "/a//b.jpg", status: 400 },
      { method: "GET", path: "/a%2Fb.jpg", status: 400 },
      { method: "GET", path: `/${PRIVATE_PREFIX}/cat.jpg`, status: 403 },
      { method: "GET", path: `/${PRIVATE_PREFIX}/cat.jpg?exp=9999999999&kid=soak&sig=${"A".repeat(43)}`, status: 403 },
      { method: "GET", path: "/file/another-bucket/cat.jpg", status: 404 },
      { method: "POST", path: "/photos/4096-0.jpg", status: 405 },
    ],
    random,
  );
}
