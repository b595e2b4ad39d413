import { describe, expect, it } from "vitest";
import { isMissing } from "../missing-tool.ts";
import {
  type DoctorPlace,
  examine,
  expectNoSecret,
  PICTURE,
  reportOf,
  useDoctorPlace,
  verdictOf,
} from "./doctor-place.ts";
import { openTerminal } from "./terminal.ts";

const place = useDoctorPlace();

describe("npm run doctor calls a good site good", () => {
  it("with a line for each check, and in at most 20 requests, as it says", async () => {
    const { exitCode, stdout, stderr } = await place.project.run("doctor", ["--url", place.front.url]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Examining http:\S+ with at most 20 requests\. Nothing is changed\.\n/);
    expect(stdout.match(/^(✗|!) .*$/m)).toBeNull();
    for (const check of GOOD_CHECKS) expect(stdout).toMatch(new RegExp(`^✓ ok {6}${check}: .*$`, "m"));
    expect(stdout).toMatch(/\n\d+ ok, 0 to look at, 0 wrong, \d+ not checked; \d+ requests\.\n$/);
    expect(place.front.asked + callsToB2(place)).toBeLessThanOrEqual(20);
    expectNoSecret(stdout);
  });

  it("as JSON, with how many requests it asked", async () => {
    const report = reportOf(await place.project.run("doctor", ["--url", place.front.url, "--json"]));
    expect(report).toMatchObject({ url: place.front.url, ok: true, requests: place.front.asked + callsToB2(place) });
    expect(report.checks.filter(({ verdict }) => verdict === "unknown").map(({ check }) => check)).toEqual([
      ...["certificate", "hotlinks", "addresses"],
      ...["deleted-key", "token-scope", "several-ranges", "large-files", "cron", "purge"],
    ]);
  });

  it("by the first picture that the site serves: B2 lists some before it that no address can name", async () => {
    const { b2 } = place.site;
    const others = ["-/a.jpg", "A/../a.jpg"];
    for (const name of others) b2.put("images", name, { content: "x", contentType: "image/jpeg" });
    const { checks, ok } = reportOf(await examine(place));
    for (const name of others) await b2.remove("images", name);
    expect(ok).toBe(true);
    expect(checks.find(({ check }) => check === "picture")?.text).toContain(`${PICTURE} is image/jpeg`);
  });

  it("at another address too, where it is a HIT", async () => {
    const report = reportOf(await examineBoth());
    expect(report.ok).toBe(true);
    expect(report.checks.find(({ check }) => check === "addresses")?.text).toBe(
      `${otherNameOf(place)} shares the cache: the picture was a HIT there.`,
    );
  });

  it("when its requests are used up, and leaves out the other address", async () => {
    let looks = 0;
    place.front.fault = ({ headers }, { path }) => {
      if (path !== PICTURE || ++looks !== 2) return;
      headers.set("Cf-Cache-Status", "MISS");
    };
    const report = reportOf(await examineBoth());
    expect({ ok: report.ok, requests: report.requests }).toEqual({ ok: true, requests: 20 });
    expect(report.checks.find(({ check }) => check === "addresses")).toMatchObject({
      verdict: "unknown",
      text: "All requests of this examination are used up.",
    });
  });

  it("through npm, with the picture and the private file that it is given, whatever the key may list", async () => {
    place.site.b2.setKey({ capabilities: ["readFiles", "shareFiles"] });
    const paths = ["--path", "sunrise.jpg", "--private-path", "/private/plan.png"];
    const { stdout, exitCode } = await place.project.npm("doctor", ["--url", place.front.url, ...paths]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("picture: /sunrise.jpg is image/jpeg");
    expect(stdout).toContain("signed-range: A part of a signed file comes as 206.");
  });

  it.skipIf(isMissing("tmux"))("in a terminal, with its signs and words", async () => {
    const terminal = openTerminal(place.project, `npm run --silent doctor -- --url ${place.front.url}`);
    expect(await terminal.ended()).toBe(0);
    expect(terminal.screen()).toMatch(/^✓ ok {6}health: The site says ok\.$/m);
    expect(terminal.screen()).toMatch(/^\? unknown cron: /m);
    terminal.close();
  });

  it("without a key here, as far as it can be seen", async () => {
    place.project.removeFile(".dev.vars");
    const report = reportOf(await place.project.run("doctor", ["--url", place.front.url, "--path", PICTURE, "--json"]));
    expect(report.ok).toBe(true);
    expect(verdictOf(report.checks, "key")).toBe("unknown");
    expect(verdictOf(report.checks, "range")).toBe("ok");
    expect(verdictOf(report.checks, "private")).toBe("ok");
  });
});

const GOOD_CHECKS = [
  ...["settings", "key", "rights", "bucket", "dns", "health", "picture", "cache", "cache-control", "range", "head"],
  ...["not-modified", "query", "private", "signed", "signed-range", "wrong-signature", "missing", "fields"],
];

describe("npm run doctor says what is wrong with its command line, with exit code 2", () => {
  it.each<[string, string[], string]>([
    ["no site anywhere", [], "--url is missing"],
    ["a site with a path", ["--url", "https://image.example.com/x"], "--url must be your site without a path"],
    ["a site in plain text", ["--url", "http://image.example.com"], "--url must begin with https://"],
    [
      "a folder as a picture",
      ["--url", "https://image.example.com", "--path", "photos/"],
      "--path must be one file, not a folder",
    ],
    ["an environment that there is not", ["--env", "nope"], "wrangler.toml has no [env.nope]"],
    ["an unknown option", ["--site", "x"], "npm run doctor -- --help"],
  ])("%s", async (_, args, sentence) => {
    const { exitCode, stderr } = await place.project.run("doctor", args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("and --help lists all options", async () => {
    const { exitCode, stdout } = await place.project.run("doctor", ["--help"]);
    expect(exitCode).toBe(0);
    for (const option of ["--url", "--path", "--private-path", "--other-url", "--env", "--json"])
      expect(stdout).toContain(option);
  });
});

/** The front by another name. */
function otherNameOf({ front }: DoctorPlace): string {
  return front.url.replace("127.0.0.1", "localhost");
}

function examineBoth() {
  return examine(place, [place.front.url, "--other-url", otherNameOf(place)]);
}

/** What the doctor itself asked of B2. */
function callsToB2({ site }: DoctorPlace): number {
  const { b2_download_file_by_name: _, ...api } = site.b2.stats().operations;
  // The Worker itself downloads with GET: it has the cache in front.
  const ownDownloads = site.b2.requests.filter(({ method }) => method === "HEAD").length;
  return ownDownloads + Object.values(api).reduce((sum, { calls }) => sum + calls, 0);
}
