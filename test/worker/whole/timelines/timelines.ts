/**
 * Where a visitor's image comes from: the browser's own cache, or what `Cf-Cache-Status` says. MISS stands for EXPIRED and
 * REVALIDATED too: in all three the visitor waits for B2.
 */
export type From = "browser" | "HIT" | "UPDATING" | "STALE" | "MISS" | "BYPASS";
export type Shown = "old" | "new" | number;

/**
 * A visit, and what is due: the image or the status, from where, how often B2 is asked meanwhile. The address is a query, or
 * «signed» for a link to a private folder.
 */
export type Visit = [day: number, visitor: string, shown: Shown, from: From, downloads: number, address?: string];
export type Event = [day: number, event: "replaced" | "B2 fails" | "B2 works again"];

export interface Timeline {
  what: string;
  /** The `Cache-Control` that the uploader sets for the old and the new file. */
  cacheControl?: string;
  story: (Visit | Event)[];
}

export const SETTINGS = {
  VERSION_PARAMETER: "v",
  PRIVATE_PREFIXES: "private",
  URL_SIGNING_KEYS: "k1:0123456789abcdef0123456789abcdef",
};

export const CONTENT = { old: "the old picture", new: "the new picture" };
/** The version is the first digits of the new picture's SHA-1, as sha1sum prints it. */
const PROVEN = "?v=8c837a0d";

/** With the default lifetimes: browsers one day at least, Cloudflare three days, and seven more while it asks or B2 fails. */
export const TIMELINES: Timeline[] = [
  {
    what: "nothing changes",
    story: [
      [0, "Anna", "old", "MISS", 1],
      [2.9, "Anna", "old", "browser", 0],
      [2.9, "Bob", "old", "HIT", 0],
      [3.8, "Bob", "old", "browser", 0],
      [3.9, "Anna", "old", "browser", 0],
      [4.1, "Anna", "old", "UPDATING", 1],
      [4.1, "Bob", "old", "HIT", 0],
      [8, "Bob", "old", "browser", 0],
      [8, "Cleo", "old", "UPDATING", 1],
      [8.2, "Cleo", "old", "HIT", 0],
      [11.9, "Cleo", "old", "browser", 0],
      [12.1, "Cleo", "old", "UPDATING", 1],
      [20, "Dora", "old", "UPDATING", 1],
    ],
  },
  {
    what: "the image is replaced, and looked at every day",
    story: [
      [2, "Anna", "old", "MISS", 1],
      [3, "replaced"],
      [4.9, "Anna", "old", "browser", 0],
      [4.9, "Bob", "old", "HIT", 0],
      [5.1, "Cleo", "old", "UPDATING", 1],
      [5.1, "Dora", "new", "HIT", 0],
      [5.9, "Anna", "old", "browser", 0],
      [5.9, "Bob", "old", "browser", 0],
      [5.9, "Cleo", "old", "browser", 0],
      [6.1, "Anna", "new", "HIT", 0],
      [6.1, "Bob", "new", "HIT", 0],
      [6.1, "Cleo", "new", "HIT", 0],
      [9, "Anna", "new", "browser", 0],
      [20, "Emil", "new", "MISS", 1],
    ],
  },
  {
    what: "the image is replaced, and nobody looks until day 11",
    story: [
      [2, "Anna", "old", "MISS", 1],
      [3, "replaced"],
      [11, "Bob", "old", "UPDATING", 1],
      [11, "Bob", "new", "HIT", 0],
      [11, "Anna", "new", "HIT", 0],
      [20, "Cleo", "new", "UPDATING", 1],
    ],
  },
  {
    what: "the image is replaced, and nobody looks until day 13",
    story: [
      [2, "Anna", "old", "MISS", 1],
      [3, "replaced"],
      [13, "Bob", "new", "MISS", 1],
    ],
  },
  {
    what: "B2 fails",
    story: [
      [0, "Anna", "old", "MISS", 1],
      [4, "Bob", "old", "UPDATING", 1],
      [5, "B2 fails"],
      [5, "Anna", 503, "BYPASS", 1, "?v=1"],
      [6, "Cleo", "old", "HIT", 0],
      [7.5, "Dora", "old", "UPDATING", 1],
      [7.5, "Emil", "old", "UPDATING", 1],
      [7.9, "Dora", "old", "browser", 0],
      [13.9, "Dora", "old", "UPDATING", 1],
      [14.1, "Fay", 503, "BYPASS", 1],
      [15, "B2 works again"],
      [15, "Fay", "old", "MISS", 1],
      [18.1, "Anna", "old", "UPDATING", 1],
      [20, "Anna", "old", "HIT", 0],
    ],
  },
  {
    what: "the uploader said max-age=86400, the image is replaced, and B2 fails",
    cacheControl: "max-age=86400",
    story: [
      [0, "Anna", "old", "MISS", 1],
      [0.9, "Anna", "old", "browser", 0],
      [0.9, "Bob", "old", "HIT", 0],
      [1.1, "Bob", "old", "MISS", 1],
      [3, "replaced"],
      [3, "Bob", "new", "MISS", 1],
      [5, "B2 fails"],
      [5, "Anna", "new", "STALE", 1],
      [10.9, "Cleo", "new", "STALE", 1],
      [11.1, "Dora", 503, "BYPASS", 1],
      [12, "B2 works again"],
      [12, "Dora", "new", "MISS", 1],
    ],
  },
  {
    what: "the uploader said max-age=86400, must-revalidate, and B2 fails",
    cacheControl: "max-age=86400, must-revalidate",
    story: [
      [4, "Anna", "old", "MISS", 1],
      [5, "B2 fails"],
      [5.1, "Bob", 503, "BYPASS", 1],
      [6, "B2 works again"],
      [6, "Bob", "old", "MISS", 1],
    ],
  },
  {
    what: "the uploader said max-age=0, must-revalidate, the image is replaced, and B2 fails",
    cacheControl: "max-age=0, must-revalidate",
    story: [
      [0, "Anna", "old", "MISS", 1],
      [0, "Anna", "old", "MISS", 1],
      [0.1, "Bob", "old", "MISS", 1],
      [3, "replaced"],
      [3, "Anna", "new", "MISS", 1],
      [5, "B2 fails"],
      [5, "Bob", 503, "BYPASS", 1],
      [6, "B2 works again"],
      [6, "Bob", "new", "MISS", 1],
    ],
  },
  {
    what: "the image is replaced, and gets another version in its address",
    story: [
      [1, "Anna", "old", "MISS", 1, "?v=1"],
      [3, "replaced"],
      [3, "Anna", "new", "MISS", 1, "?v=2"],
      [3, "Bob", "new", "HIT", 0, "?v=2"],
      [3, "Cleo", "old", "HIT", 0, "?v=1"],
      [3, "Dora", "new", "MISS", 1, PROVEN],
      [6.9, "Anna", "new", "browser", 0, "?v=2"],
      [7.1, "Anna", "new", "UPDATING", 1, "?v=2"],
      [20, "Bob", "new", "MISS", 1, "?v=2"],
      [20, "Dora", "new", "browser", 0, PROVEN],
      [20, "Bob", "new", "HIT", 0, PROVEN],
    ],
  },
  {
    what: "somebody asks for a version before the image is replaced",
    story: [
      [2, "Anna", "old", "MISS", 1, PROVEN],
      [3, "replaced"],
      [4.9, "Bob", "old", "HIT", 0, PROVEN],
      [5.1, "Cleo", "old", "UPDATING", 1, PROVEN],
      [5.1, "Dora", "new", "HIT", 0, PROVEN],
      [6.1, "Anna", "new", "HIT", 0, PROVEN],
      [20, "Anna", "new", "browser", 0, PROVEN],
    ],
  },
  {
    what: "the image is replaced, and a foreign query is in its address",
    story: [
      [0, "Anna", "old", "MISS", 1, "?utm_source=1"],
      [2, "Bob", "old", "MISS", 0, "?utm_source=2"],
      [2.9, "Cleo", "old", "HIT", 0, "?utm_source=2"],
      [3, "replaced"],
      [3.1, "Dora", "old", "UPDATING", 1, "?utm_source=2"],
      [3.1, "Emil", "new", "MISS", 0, "?utm_source=2"],
      [3.1, "Fay", "new", "HIT", 0, "?utm_source=2"],
      [3.9, "Bob", "old", "browser", 0, "?utm_source=2"],
      [4.1, "Bob", "new", "HIT", 0, "?utm_source=2"],
    ],
  },
  {
    what: "a signed link, and the image is replaced",
    story: [
      [0, "Anna", "old", "BYPASS", 1, "signed"],
      [0.9, "Anna", "old", "browser", 0, "signed"],
      [1.1, "Anna", "old", "BYPASS", 0, "signed"],
      [2, "Anna", "old", "browser", 0, "signed"],
      [2.9, "Bob", "old", "BYPASS", 0, "signed"],
      [3, "replaced"],
      [3.2, "Cleo", "old", "BYPASS", 1, "signed"],
      [3.8, "Bob", "old", "browser", 0, "signed"],
      [3.9, "Cleo", "old", "browser", 0, "signed"],
      [4.1, "Anna", "new", "BYPASS", 0, "signed"],
      [4.1, "Bob", "new", "BYPASS", 0, "signed"],
      [4.1, "Cleo", "new", "BYPASS", 0, "signed"],
    ],
  },
];
