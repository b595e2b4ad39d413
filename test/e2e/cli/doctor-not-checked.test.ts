import { describe, expect, it } from "vitest";
import { examine, KEY, reportOf, SIGNING, useDoctorPlace, writeSecrets } from "./doctor-place.ts";

const place = useDoctorPlace();

describe("npm run doctor says what it could not check", () => {
  it("the cache of a site on this machine, where there never is one", async () => {
    const other = place.site.url.replace("127.0.0.1", "localhost");
    const { ok, checks } = reportOf(await examine(place, [place.site.url, "--other-url", other]));
    expect(ok).toBe(true);
    for (const name of ["cache", "query", "addresses"]) {
      expect(checks.find(({ check }) => check === name)).toMatchObject({
        verdict: "unknown",
        text: "A site on this machine has no cache in front.",
      });
    }
  });

  it.each<[string, string, string, () => void]>([
    [
      "there is no key here",
      "unknown",
      "The key was not tried, so no picture is known: name one with --path.",
      () => place.project.removeFile(".dev.vars"),
    ],
    [
      "B2 refuses the key",
      "unknown",
      "The key does not work, so no picture is known: name one with --path.",
      () => writeSecrets(place, { ...KEY, B2_APPLICATION_KEY: "nothing", URL_SIGNING_KEYS: SIGNING }),
    ],
    [
      "the key may not list files",
      "unknown",
      "The key may not list files: name a picture with --path.",
      () => place.site.b2.setKey({ capabilities: ["readFiles", "shareFiles"] }),
    ],
    [
      "the prefix fits no name",
      "note",
      "No picture that visitors can see begins with nothere/ in the bucket.",
      () => place.project.setVariable("B2_FILE_NAME_PREFIX", '"nothere/"'),
    ],
  ])("why no picture is known: %s", async (_, verdict, text, plant) => {
    plant();
    const { checks } = reportOf(await examine(place));
    expect(checks.find(({ check }) => check === "picture")).toMatchObject({ verdict, text });
  });
});
