import { describe, expect, it } from "vitest";
import {
  type DownloadToken,
  formatRecord,
  isFresh,
  isUnexpired,
  lessThanHalfLeft,
  parseRecord,
  type TokenScope,
} from "../../../src/token/download-token.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const ISSUED_AT = Date.UTC(2026, 10, 24);

const TOKEN: DownloadToken = {
  token: "4_download_0123",
  downloadUrl: "https://f002.backblazeb2.com",
  bucketId: "e73ede9969c64427a54c0013",
  bucketName: "images",
  fileNamePrefix: "photos/",
  applicationKeyId: "0012345",
  issuedAt: ISSUED_AT,
  expiresAt: ISSUED_AT + 168 * HOUR_MS,
};
const SCOPE: TokenScope = {
  apiUrl: "https://api.backblazeb2.com",
  applicationKeyId: "0012345",
  bucketName: "images",
  fileNamePrefix: "photos/",
};
const RECORD = { version: 1, ...TOKEN };

describe("the record in KV", () => {
  it("has a version, and these members and no others", () => {
    expect(JSON.parse(formatRecord(TOKEN))).toEqual(RECORD);
    expect(Object.keys(JSON.parse(formatRecord(TOKEN)))).toEqual([
      "version",
      "token",
      "downloadUrl",
      "bucketId",
      "bucketName",
      "fileNamePrefix",
      "applicationKeyId",
      "issuedAt",
      "expiresAt",
    ]);
  });

  it("is read as it was written", () => {
    expect(parseRecord(formatRecord(TOKEN), SCOPE)).toEqual(TOKEN);
  });

  it("is read for a key whose only bucket the settings do not name", () => {
    expect(parseRecord(formatRecord(TOKEN), { ...SCOPE, bucketName: undefined })).toEqual(TOKEN);
  });

  it("may have members that a later version of the Worker has added", () => {
    expect(parseRecord(JSON.stringify({ ...RECORD, mood: "sunny" }), SCOPE)).toEqual(TOKEN);
  });

  it("may name a download URL of this machine, the local B2", () => {
    const record = { ...RECORD, downloadUrl: "http://127.0.0.1:8788" };
    const scope = { ...SCOPE, apiUrl: "http://localhost:8788" };
    expect(parseRecord(JSON.stringify(record), scope)?.downloadUrl).toBe(record.downloadUrl);
  });

  it("may be of another key, where the settings name the bucket", () => {
    const record = JSON.stringify({ ...RECORD, applicationKeyId: "0012346" });
    expect(parseRecord(record, SCOPE)?.applicationKeyId).toBe("0012346");
    expect(parseRecord(record, { ...SCOPE, bucketName: undefined })).toBeUndefined();
  });
});

describe("a record counts as absent", () => {
  const broken: [string, object][] = [
    ["of an older version", { version: 0 }],
    ["of a later version", { version: 2 }],
    ["without a version", { version: undefined }],
    ["whose version is text", { version: "1" }],
    ["with an empty token", { token: "" }],
    ["without a token", { token: undefined }],
    ["with a download URL that is none", { downloadUrl: "f002.backblazeb2.com" }],
    ["with an http: download URL, which would carry the token in the open", { downloadUrl: "http://b2.example" }],
    ["with an empty bucket name", { bucketName: "" }],
    ["with a time that is text", { expiresAt: "2026-11-24" }],
    ["without a time", { expiresAt: null }],
    ["with a download URL of another domain than B2's API", { downloadUrl: "https://f002.b2.example" }],
    ["with a download URL of this machine", { downloadUrl: "http://127.0.0.1:8788" }],
    ["of another bucket", { bucketName: "archive" }],
    ["of another prefix", { fileNamePrefix: "" }],
    ["of a longer prefix", { fileNamePrefix: "photos/2026/" }],
  ];

  it.each(broken)("%s", (_, changes) => {
    expect(parseRecord(JSON.stringify({ ...RECORD, ...changes }), SCOPE)).toBeUndefined();
  });

  it.each(["", "not JSON", "null", "[]", '"4_download_0123"', "{}"])("that is %j", (text) => {
    expect(parseRecord(text, SCOPE)).toBeUndefined();
  });
});

describe("a token of seven days", () => {
  const cases: [string, number, boolean, boolean, boolean][] = [
    ["at once", 0, true, true, false],
    ["with half of its life left", 84 * HOUR_MS, true, true, false],
    ["with a ms less than half left", 84 * HOUR_MS + 1, true, true, true],
    ["a ms before the margin of five minutes", 168 * HOUR_MS - 5 * MINUTE_MS - 1, true, true, true],
    ["at the margin", 168 * HOUR_MS - 5 * MINUTE_MS, false, true, true],
    ["a ms before its end", 168 * HOUR_MS - 1, false, true, true],
    ["at its end", 168 * HOUR_MS, false, false, true],
  ];

  it.each(cases)("%s", (_, ageMs, fresh, unexpired, late) => {
    const now = ISSUED_AT + ageMs;
    expect([isFresh(TOKEN, now), isUnexpired(TOKEN, now), lessThanHalfLeft(TOKEN, now)]).toEqual([
      fresh,
      unexpired,
      late,
    ]);
  });
});
