import { CAT_SHA1 } from "./filled-site.ts";
import { GET_REFUSALS } from "./get-refusals.ts";
import type { Row } from "./row.ts";
import { FOR_A_YEAR, IMAGE, NOT_STORED } from "./row.ts";

const TAG = { "Cache-Tag": "/cat.jpg" };
const VERSIONED = { VERSION_PARAMETER: "v" };

/** Answers to a GET of the whole: HEAD and a cache in front must give the same. */
export const GET_ANSWERS: Row[] = [
  {
    what: "an image",
    path: "/cat.jpg",
    status: 200,
    ...IMAGE,
    fields: {
      "Content-Type": "image/jpeg",
      "Content-Length": "1000",
      "Accept-Ranges": "bytes",
      "Last-Modified": "Tue, 24 Nov 2026 12:00:00 GMT",
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Timing-Allow-Origin": "*",
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "ETag, Content-Length, Content-Range, Accept-Ranges, Retry-After",
      "Cache-Tag": "/cat.jpg",
      "Content-Security-Policy": null,
      Vary: null,
    },
  },
  { what: "an empty file", path: "/empty.bin", status: 200, ...IMAGE, fields: { "Content-Length": "0" } },
  {
    what: "a file with its own Cache-Control",
    path: "/own.jpg",
    status: 200,
    browser: "public, max-age=5",
    edge: "public, max-age=5, stale-while-revalidate=0, stale-if-error=604800",
  },
  { what: "a file whose own Cache-Control says private", path: "/secret.jpg", status: 200, ...IMAGE },
  {
    what: "an SVG, which can run script",
    path: "/drawing.svg",
    status: 200,
    ...IMAGE,
    fields: {
      "Content-Security-Policy": "sandbox; default-src 'none'; img-src *; media-src *; style-src 'unsafe-inline'",
    },
  },
  {
    what: "the index file",
    path: "/",
    vars: { INDEX_FILE: "index.html" },
    status: 200,
    ...IMAGE,
    fields: { "Content-Type": "text/html" },
  },
  { what: "a foreign query", path: "/cat.jpg?utm_source=x", status: 200, ...IMAGE, fields: TAG },
  { what: "an odd encoding", path: "/%63at.jpg", status: 200, ...IMAGE, fields: TAG },
  { what: "the form of B2's links", path: "/file/images/cat.jpg", status: 200, ...IMAGE, fields: TAG },
  { what: "a version", path: "/cat.jpg?v=3", vars: VERSIONED, status: 200, ...IMAGE, fields: TAG },
  {
    what: "a version that proves itself",
    path: `/cat.jpg?v=${CAT_SHA1.slice(0, 8)}`,
    vars: VERSIONED,
    status: 200,
    ...FOR_A_YEAR,
    fields: TAG,
  },
  {
    what: "other lifetimes",
    path: "/cat.jpg",
    vars: {
      BROWSER_MAX_AGE_SECONDS: "1",
      EDGE_MAX_AGE_SECONDS: 2,
      EDGE_STALE_WHILE_REVALIDATE_SECONDS: "3",
      EDGE_STALE_IF_ERROR_SECONDS: 4,
    },
    status: 200,
    browser: "public, max-age=3",
    edge: "public, max-age=2, stale-while-revalidate=3, stale-if-error=4",
  },
  {
    what: "an image that did not change",
    path: "/cat.jpg",
    init: { headers: { "If-Modified-Since": "Tue, 24 Nov 2026 12:00:00 GMT" } },
    status: 304,
    ...IMAGE,
    fields: { "Last-Modified": "Tue, 24 Nov 2026 12:00:00 GMT", "Content-Type": null, "Content-Length": null, ...TAG },
  },
  {
    what: "a precondition that fails",
    path: "/cat.jpg",
    init: { headers: { "If-Match": '"other"' } },
    status: 412,
    ...NOT_STORED,
    fields: { ETag: null },
  },
  ...GET_REFUSALS,
];
