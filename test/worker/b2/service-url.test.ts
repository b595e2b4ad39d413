import { describe, expect, it } from "vitest";
import { isOfSameB2, isSecureUrl } from "../../../src/b2/service-url.ts";

describe("a URL is safe for a credential", () => {
  const urls: [string, boolean][] = [
    ["https://api.backblazeb2.com", true],
    ["https://f002.backblazeb2.com/", true],
    ["http://localhost:8788", true],
    ["http://127.0.0.1:8788", true],
    ["http://[::1]:8788", true],
    ["http://api.backblazeb2.com", false],
    ["http://127.0.0.1.example.com", false],
    ["http://localhost.example.com", false],
    ["https://user@api.backblazeb2.com", false],
    ["https://user:secret@api.backblazeb2.com", false],
    ["ftp://127.0.0.1", false],
    ["api.backblazeb2.com", false],
    ["//api.backblazeb2.com", false],
    ["", false],
  ];

  it.each(urls)("%j: %s", (url, isSafe) => {
    expect(isSecureUrl(url)).toBe(isSafe);
  });
});

const B2 = "https://api.backblazeb2.com";

it.each<[string, string, boolean]>([
  [B2, B2, true],
  [B2, "https://f005.backblazeb2.com", true],
  [B2, "https://api005.backblazeb2.com", true],
  [B2, "https://F005.BackblazeB2.com/", true],
  [B2, "https://f005.eu.backblazeb2.com", true],
  [B2, "https://f005.backblazeb2.com.", true],
  [B2, "https://f005.backblazeb2.com.evil.example", false],
  [B2, "https://evilbackblazeb2.com", false],
  [B2, "https://evil.example/f005.backblazeb2.com", false],
  [B2, "https://backblazeb2.com@evil.example", false],
  [B2, "https://f005.backblazeb2.example", false],
  [B2, "https://com", false],
  [B2, "http://127.0.0.1:8788", false],
  [B2, "f005.backblazeb2.com", false],
  [B2, "", false],
  ["https://api.b2.example.co.uk", "https://download.b2.example.co.uk", true],
  ["https://api.b2.example.co.uk", "https://example.co.uk", false],
  ["https://api.b2.example.co.uk", "https://evil.co.uk", false],
  ["https://b2.example", "https://download.b2.example", true],
  ["https://b2.example", "https://evil.example", false],
  ["https://192.0.2.7", "https://192.0.2.7:8443", true],
  ["https://192.0.2.7", "https://1.0.2.7", false],
  ["http://localhost:8788", "http://127.0.0.1:9000", true],
  ["http://[::1]:8788", "http://localhost:8788", true],
  ["http://localhost:8788", "https://f005.backblazeb2.com", false],
])("asked at %s, %s is of the same B2: %s", (apiUrl, url, isSame) => {
  expect(isOfSameB2(url, apiUrl)).toBe(isSame);
});
