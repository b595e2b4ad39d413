import { expect, it } from "vitest";
import { canRunScript } from "../../../src/http/content-type.ts";

it.each([
  "text/html",
  "text/html; charset=utf-8",
  "TEXT/HTML",
  "image/svg+xml",
  "application/xhtml+xml",
  "application/xml",
  "text/xml",
  "application/rss+xml",
  "text/xsl",
  "text/javascript",
  "application/javascript",
  "application/ecmascript",
  "multipart/x-mixed-replace",
  "",
  "html",
  "text/html, image/png",
  null,
])("%j can run script, or may be anything", (contentType) => {
  expect(canRunScript(contentType)).toBe(true);
});

it.each([
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/avif",
  "image/gif",
  "video/mp4",
  "text/plain; charset=utf-8",
  "application/pdf",
  "application/octet-stream",
  "application/json",
])("%j cannot", (contentType) => {
  expect(canRunScript(contentType)).toBe(false);
});
