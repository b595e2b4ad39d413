import { describe, expect, it } from "vitest";
import {
  examine,
  expectNoSecret,
  type Finding,
  KEY,
  PICTURE,
  RIGHTS,
  reportOf,
  SIGNING,
  useDoctorPlace,
  verdictOf,
  writeSecrets,
} from "./doctor-place.ts";
import type { Fault } from "./front-cache.ts";
import {
  answers,
  challenge,
  cutPicture,
  down,
  neverNotModified,
  on,
  onStatus,
  page,
  raise,
  refuseHead,
  shiftPart,
  withoutRanges,
  withoutSignedRanges,
} from "./planted-faults.ts";
import type { Outcome } from "./scratch-project.ts";

const place = useDoctorPlace();
const SOON = Date.now() + 6 * 86_400_000;

describe("npm run doctor finds what is wrong with a site", () => {
  it.each<[string, string, string, Fault]>([
    [
      "a zone that raises max-age",
      "cache-control",
      "«public, max-age=604800» instead of «public, max-age=345600»",
      raise(604_800),
    ],
    ["fields of B2", "fields", "x-bz-file-id", ({ headers }) => headers.set("X-Bz-File-Id", "4_z")],
    ["a proxy that does not know ranges", "range", "200 came", withoutRanges],
    ["a proxy that cuts the wrong bytes", "range", "other bytes", shiftPart],
    ["a picture without its ETag", "picture", "no ETag", ({ headers }) => headers.delete("ETag")],
    ["a picture that is changed on the way", "picture", "41084 bytes came, and B2 has 41085", cutPicture],
    [
      "a page in place of the picture",
      "picture",
      "text/html",
      on(PICTURE, ({ headers }) => headers.set("Content-Type", "text/html")),
    ],
    ["a challenge", "picture", "shows a challenge", on(PICTURE, challenge)],
    ["a health that is down", "health", "The site says down", on("/-/health", down)],
    ["another site at the address", "health", "not in the words of this Worker", on("/-/health", page)],
    ["a browser that gets all again", "not-modified", "200 instead of 304", neverNotModified],
    ["HEAD refused", "head", "HEAD answers 405", refuseHead],
    ["a missing file that is kept for a day", "missing", "max-age=86400", onStatus(404, raise(86_400))],
    ["a missing file that is an error", "missing", "502 instead of 404", onStatus(404, answers(502))],
    ["private files for everybody", "private", "200 without a signed link", onStatus(403, answers(200))],
    ["signed files that come whole", "signed-range", "200 with 500 bytes came", withoutSignedRanges],
  ])("%s", async (_, check, words, fault) => {
    place.front.fault = fault;
    expectWrong(await examine(place), check, words);
  });

  it("a site that is never answered by the cache", async () => {
    place.front.isOff = true;
    const report = expectWrong(await examine(place), "cache", "does not keep the picture (BYPASS)");
    expect(report.find(({ check }) => check === "cache")?.advice).toContain("[cache] enabled = true");
  });

  it("a foreign query that may cost a download", async () => {
    place.front.isInnerOff = true;
    expect(verdictOf(reportOf(await examine(place)).checks, "query")).toBe("note");
  });

  it.each<[string, string, string, () => void]>([
    [
      "a folder that is private here and open there",
      "private",
      "drafts/ answers 404",
      () => place.project.setVariable("PRIVATE_PREFIXES", '"drafts"'),
    ],
    [
      "hotlink protection that is not deployed",
      "hotlinks",
      "gets 200 instead of 403",
      () => place.project.setVariable("ALLOWED_REFERERS", '"example.com"'),
    ],
    [
      "another signing key there than here",
      "signed",
      "A signed link gets 403",
      () => writeSecrets(place, { ...KEY, URL_SIGNING_KEYS: "k1:another secret of these tests" }),
    ],
    [
      "a mistyped variable",
      "settings",
      "EDGE_MAX_AGE_SECOND is not a setting",
      () => place.project.editConfig("[vars]", "[vars]\nEDGE_MAX_AGE_SECOND = 60"),
    ],
    [
      "a variable that does not parse",
      "settings",
      "TOKEN_VALID_SECONDS should hold",
      () => place.project.setVariable("TOKEN_VALID_SECONDS", "60"),
    ],
    [
      "a secret that is missing",
      "settings",
      "B2 showed once, when the key was made; write it into .dev.vars.",
      () => writeSecrets(place, { B2_APPLICATION_KEY_ID: "local-key-id", URL_SIGNING_KEYS: SIGNING }),
    ],
    [
      "a wrong key",
      "key",
      "B2 refuses the key with the id nobody",
      () =>
        writeSecrets(place, {
          B2_APPLICATION_KEY_ID: "nobody",
          B2_APPLICATION_KEY: "nothing",
          URL_SIGNING_KEYS: SIGNING,
        }),
    ],
    [
      "a key without shareFiles",
      "key",
      "gives no download token",
      () => place.site.b2.setKey({ capabilities: ["readFiles"] }),
    ],
    [
      "B2 away",
      "b2",
      "127.0.0.1 cannot be reached",
      () => place.project.setVariable("B2_API_URL", '"http://127.0.0.1:9"'),
    ],
    [
      "a clock that is off",
      "health",
      "The clock of this machine is 5 hours ahead",
      () => {
        place.front.fault = ({ headers }) => headers.set("Date", new Date(Date.now() - 5 * 3_600_000).toUTCString());
      },
    ],
    [
      "a key that ends within a week",
      "key-end",
      `The key expires on ${new Date(SOON).toISOString().slice(0, 16).replace("T", " at ")} UTC, and`,
      () => place.site.b2.setKey({ capabilities: RIGHTS, expiresAt: SOON }),
    ],
  ])("%s", async (_, check, words, plant) => {
    plant();
    expectWrong(await examine(place, [place.front.url, "--path", PICTURE]), check, words);
  });

  it("a host that there is not, and stops there", async () => {
    const report = expectWrong(await examine(place, ["https://image.invalid"]), "dns", "image.invalid cannot be found");
    expect(report.map(({ check }) => check).slice(-2)).toEqual(["dns", "rest"]);
  });

  it("a certificate that is not trusted", async () => {
    // Anything that listens and speaks no TLS.
    expectWrong(await examine(place, [place.front.url.replace("http:", "https:")]), "certificate", "certificate");
  });

  it("and a key that may not list the folders that the settings list", async () => {
    place.project.setVariable("LISTED_PREFIXES", '"photos"');
    place.site.b2.setKey({ capabilities: ["readFiles", "shareFiles"] });
    const { checks } = reportOf(await examine(place, [place.front.url, "--path", PICTURE]));
    const rights = checks.filter(({ check }) => check === "rights");
    expect(rights[0]).toMatchObject({ verdict: "note", text: expect.stringContaining("may not list files") });
    expect(rights[0]?.advice).toContain("listFiles,readFiles,shareFiles");
  });

  it("and says what could be better: a mighty key, a public bucket", async () => {
    place.site.b2.setKey({ capabilities: [...RIGHTS, "writeFiles", "deleteFiles"] });
    const { checks, ok } = reportOf(await examine(place));
    expect(ok).toBe(true);
    const rights = checks.find(({ check }) => check === "rights");
    expect(rights).toMatchObject({ verdict: "note", text: expect.stringContaining("has writeFiles, deleteFiles") });
    expect(rights?.advice).toBe("Narrower: b2 key create --bucket images b2-image-worker readFiles,shareFiles");
  });
});

function expectWrong(outcome: Outcome, name: string, words: string): Finding[] {
  const { ok, checks } = reportOf(outcome);
  expect({ ok, exitCode: outcome.exitCode, stderr: outcome.stderr }).toEqual({ ok: false, exitCode: 1, stderr: "" });
  const finding = checks.find(({ check }) => check === name);
  expect(finding).toMatchObject({ verdict: "wrong", text: expect.stringContaining(words), advice: expect.any(String) });
  expectNoSecret(outcome.stdout);
  return checks;
}
