import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf } from "../../src/address.ts";
import { cutUrl, locate } from "../../src/locate.ts";
import { readSettings, type Settings } from "../../src/settings.ts";
import { ODD_NAMES } from "../e2e/fixtures/odd-names.ts";

const BUCKET = { bucketName: "images", fileNamePrefix: "" };

/** The path that the Worker reads from an address. */
function pathAt(address: string): string {
  const place = locate(cutUrl(new URL(address, "https://image.example.com").href), SETTINGS);
  return place.kind === "target" || place.kind === "folder" ? place.path : `refused: ${place.kind}`;
}

const SETTINGS = settingsOf({ B2_APPLICATION_KEY_ID: "id", B2_APPLICATION_KEY: "key" });

describe("an address leads to the name that it was made of", () => {
  it.each([...ODD_NAMES, "", "photos/", "file/", "file/images/", "file/images/a+b.jpg", "file/a.jpg", "- /a.jpg"])(
    "%j",
    (path) => {
      const address = addressOf(path, BUCKET);
      expect(address).toBeDefined();
      expect(pathAt(address ?? "")).toBe(path);
    },
  );

  it("whatever it is made of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.boolean(), (text, isFolder) => {
        const path = isFolder ? `${text}/` : text;
        const address = addressOf(path, BUCKET);
        if (address !== undefined) expect(pathAt(address)).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});

it.each([
  ["what is the Worker's own", "-/health"],
  ["its folder", "-/"],
  ["a file of the same name", "-"],
  ["a backslash", "back\\slash.jpg"],
  ["a segment that is only dots", "a/../b.jpg"],
  ["a control character", "a\u0001b.jpg"],
  ["an empty segment", "a//b.jpg"],
  ["a slash in front", "/a.jpg"],
  ["half a character", "a\ud800.jpg"],
  ["a segment of 251 bytes", "a".repeat(251)],
  ["a name of 1025 bytes", `${"a/".repeat(512)}a`],
])("there is no address for %s", (_, path) => {
  expect(addressOf(path, BUCKET)).toBeUndefined();
});

it("the prefix of the settings counts for the length", () => {
  const name = "a".repeat(200);
  expect(addressOf(name, BUCKET)).toBe(`/${name}`);
  expect(addressOf(name, { ...BUCKET, fileNamePrefix: "b".repeat(51) })).toBeUndefined();
});

function settingsOf(vars: Record<string, string>): Settings {
  const reading = readSettings(vars as never);
  if (reading.kind !== "settings") throw new Error(JSON.stringify(reading));
  return reading.settings;
}
