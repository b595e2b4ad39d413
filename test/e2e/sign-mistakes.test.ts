import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KEYS, npmRunSign, type Outcome, type Place, SECRET, sign } from "./run-sign.ts";

const TYPICAL = ["/private/cat.jpg"];

describe.concurrent("npm run sign says in one sentence what is wrong", () => {
  it.each<[string, string[], string]>([
    ["no path", [], "One path is needed"],
    ["two paths, as of a name with a space", ["/private/red", "cat.jpg"], "in quotes"],
    ["an empty path", [""], "One path is needed"],
    ["a preset of a folder", ["/private/", "--preset", "thumb"], "--preset is for a link to one file"],
    ["a file under the Worker's own addresses", ["/-/cat.jpg"], "addresses under /-/ are the Worker's own"],
    ["a folder that ends twice", ["/private//"], "empty segment"],
    ["a whole address", ["https://image.example.com/private/cat.jpg"], "--base-url"],
    ["B2's own form of a link", ["/file/images/private/cat.jpg"], "without /file/BUCKET"],
    ["two slashes", ["/private//cat.jpg"], "empty segment"],
    ["dots", ["/private/../cat.jpg"], "only dots"],
    ["a control character", ["/private/a\nb.jpg"], "control character"],
    ["a name that is too long", [`/private/${"x".repeat(251)}`], "longer than 250 bytes"],
    ["a time without a unit", [...TYPICAL, "--expires", "60"], "such as 90s"],
    ["a time that is over", [...TYPICAL, "--expires", "0s"], "such as 90s"],
    ["a negative time", [...TYPICAL, "--expires", "-1h"], "--help"],
    ["a time that is too long", [...TYPICAL, "--expires", "367d"], "366d"],
    ["no time", [...TYPICAL, "--expires"], "--help"],
    ["a site without a scheme", [...TYPICAL, "--base-url", "image.example.com"], "such as https://image.example.com"],
    ["a site with a path", [...TYPICAL, "--base-url", "https://image.example.com/x"], "without a path"],
    ["a site with a query", [...TYPICAL, "--base-url", "https://image.example.com?x"], "without a path"],
    ["a site with a user", [...TYPICAL, "--base-url", "https://me@image.example.com"], "without a path"],
    ["a site of another scheme", [...TYPICAL, "--base-url", "ftp://image.example.com"], "such as https:"],
    ["a version, where wrangler.toml knows none", [...TYPICAL, "--version", "3"], "VERSION_PARAMETER is not set"],
    ["an unknown option", [...TYPICAL, "--expire", "1h"], "--expire"],
  ])("%s", async (_, args, sentence) => {
    expectOneSentence(await sign(args), sentence, sentence.startsWith("VERSION_PARAMETER") ? 1 : 2);
  });

  it.each<[string, string]>([
    ["", "1 to 64 letters"],
    ["v=3", "1 to 64 letters"],
    ["a/b", "1 to 64 letters"],
    ["%33", "1 to 64 letters"],
    ["1&v=2", "1 to 64 letters"],
    ["x".repeat(65), "1 to 64 letters"],
    ["3", "--version is for a link to one file"],
  ])("the version %j", async (version, sentence) => {
    const cwd = mkdtempSync(join(tmpdir(), "b2-image-worker-sign-"));
    writeFileSync(join(cwd, "wrangler.toml"), '[vars]\nVERSION_PARAMETER = "v"\n');
    const path = version === "3" ? "/private/" : "/private/cat.jpg";
    expectOneSentence(await sign([path, "--version", version], { keys: KEYS, cwd }), sentence, 2);
    rmSync(cwd, { recursive: true });
  });

  it.each<[string, Place, string]>([
    ["no keys", { keys: undefined }, 'Make a key: echo "URL_SIGNING_KEYS=k1:$(openssl rand -base64 32)" >> .dev.vars'],
    ["empty keys", { keys: "" }, "URL_SIGNING_KEYS is not set"],
    ["a secret without an id", { keys: SECRET }, "id:secret"],
    ["a secret that is too short", { keys: "k1:shortsecret" }, "16 characters"],
    ["a secret with a comma", { keys: `k1:${SECRET}, and more` }, "no comma"],
    ["an id that came twice", { keys: `k1:${SECRET},k1:${SECRET}` }, "each id once"],
  ])("%s", async (_, place, sentence) => {
    expectOneSentence(await sign(TYPICAL, { ...place, cwd: tmpdir() }), sentence);
  });

  it("a setting of wrangler.toml that is out of place", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "b2-image-worker-sign-"));
    writeFileSync(join(cwd, "wrangler.toml"), '[vars]\n[cache]\nPRIVATE_PREFIXES = "private"\n');
    expectOneSentence(await sign(TYPICAL, { keys: KEYS, cwd }), "PRIVATE_PREFIXES stands in [cache]");
    rmSync(cwd, { recursive: true });
  });

  it("an environment of the shell that wrangler.toml does not have", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "b2-image-worker-sign-"));
    writeFileSync(join(cwd, "wrangler.toml"), "[vars]\n");
    const outcome = await sign(TYPICAL, { keys: KEYS, cwd, env: { CLOUDFLARE_ENV: "nope" } });
    expectOneSentence(outcome, "wrangler.toml has no [env.nope]", 2);
    rmSync(cwd, { recursive: true });
  });

  it("options that npm has taken, since two dashes are missing", async () => {
    const outcome = await npmRunSign(["/private/cat.jpg"], { keys: KEYS }, ["--preset", "thumb"]);
    expectOneSentence(outcome, "npm took --preset for itself. Write two dashes first: npm run sign -- --preset", 2);
  });

  it("through npm too, with exit code 2", async () => {
    expectOneSentence(await npmRunSign(["/private//"]), "empty segment", 2);
  });

  function expectOneSentence({ exitCode, stdout, stderr }: Outcome, sentence: string, expectedExitCode = 1): void {
    expect({ exitCode, stdout }).toEqual({ exitCode: expectedExitCode, stdout: "" });
    expect(stderr).toContain(sentence);
    const lines = stderr.trimEnd().split("\n");
    // The path itself may have a line break.
    expect(lines.length).toBeLessThanOrEqual(sentence === "control character" ? 2 : 1);
    expect(stderr).not.toMatch(/\bat .*:\d+|node:internal|of these tests|shortsecret/);
  }
});

describe("npm run sign tells on the standard error what is odd, and prints the link all the same", () => {
  const BASE = ["--base-url", "https://image.example.com"];
  const PRIVATE = '[vars]\nPRIVATE_PREFIXES = "private"\nLISTED_PREFIXES = "photos"\n';
  const DOMAIN = '[[routes]]\npattern = "pictures.example.com"\ncustom_domain = true\n';
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "b2-image-worker-sign-"));
    writeFileSync(join(folder, "wrangler.toml"), `name = "x"\n${DOMAIN}${PRIVATE}`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each<[string, string[], string, string]>([
    ["nothing", [...TYPICAL, ...BASE], "https://image.example.com/private/cat.jpg?", ""],
    ["no --base-url", TYPICAL, "https://pictures.example.com/private/cat.jpg?", "the domain of wrangler.toml"],
    [
      "a path from the address bar",
      ["/private/red%20cat*.jpg", ...BASE],
      "https://image.example.com/private/red%20cat*.jpg?",
      "the name is «private/red cat*.jpg»",
    ],
    [
      "a percent sign that may be one of an address",
      ["/private/red%20 cat.jpg", ...BASE],
      "https://image.example.com/private/red%2520%20cat.jpg?",
      "read in plain letters, percent signs and all",
    ],
    [
      "a query, as of an address",
      ["/private/x.jpg?preset=thumb", ...BASE],
      "https://image.example.com/private/x.jpg%3Fpreset=thumb?",
      "The ? is read as a part of the name; use --preset or --version.",
    ],
    ["a public path", ["/cat.jpg", ...BASE], "https://image.example.com/cat.jpg?", "it opens without a link too"],
    ["a private folder", ["/private/2026/", ...BASE], "https://image.example.com/private/2026/?", ""],
    ["a folder that is not listed", ["/plans/", ...BASE], "https://image.example.com/plans/?", ""],
    ["a listed folder", ["/photos/", ...BASE], "https://image.example.com/photos/?", "it opens without a link too"],
    ["every folder", ["/", ...BASE], "https://image.example.com/?", "private ones too"],
    [
      "a preset that there is not",
      [...TYPICAL, ...BASE, "--preset", "thumb"],
      "https://image.example.com/private/cat.jpg?preset=thumb&",
      "There is no image preset «thumb»",
    ],
  ])("%s", async (_, args, link, note) => {
    const { exitCode, stdout, stderr } = await sign(args, { keys: KEYS, cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout.startsWith(link)).toBe(true);
    if (note === "") expect(stderr).toBe("");
    else expect(stderr).toMatch(/^Note: .*\n$/);
    expect(stderr).toContain(note);
  });

  it("nothing of a version, which stands in the address before the rest", async () => {
    writeFileSync(join(folder, "wrangler.toml"), `${PRIVATE}VERSION_PARAMETER = "v"\n`);
    const outcome = await sign([...TYPICAL, ...BASE, "--version", "3"], { keys: KEYS, cwd: folder });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(outcome.stdout.startsWith("https://image.example.com/private/cat.jpg?v=3&exp=")).toBe(true);
  });

  it("a site on this machine, where no domain is known", async () => {
    writeFileSync(join(folder, "wrangler.toml"), PRIVATE);
    const { stdout, stderr } = await sign(TYPICAL, { keys: KEYS, cwd: folder });
    expect(stdout).toMatch(/^http:\/\/localhost:8787\/private\/cat\.jpg\?/);
    expect(stderr).toBe(
      "Note: The link opens on this machine alone. For your site add --base-url https://image.example.com.\n",
    );
  });

  it("the site of another environment, with its own domain, folders and keys", async () => {
    const other = '[[env.second.routes]]\npattern = "second.example.com"\ncustom_domain = true\n';
    const variables = '[env.second.vars]\nPRIVATE_PREFIXES = "closed"\n';
    writeFileSync(join(folder, "wrangler.toml"), `name = "x"\n${DOMAIN}${PRIVATE}${other}${variables}`);
    writeFileSync(join(folder, ".dev.vars.second"), `URL_SIGNING_KEYS="k9:the secret of the second site"\n`);
    const { stdout, stderr } = await sign(["closed/a.jpg", "--env", "second"], { keys: undefined, cwd: folder });
    expect(stdout).toMatch(/^https:\/\/second\.example\.com\/closed\/a\.jpg\?exp=\d+&kid=k9&/);
    expect(stderr).not.toContain("opens without a link");
  });

  it("but not folders that do not parse: that is an error", async () => {
    writeFileSync(join(folder, "wrangler.toml"), '[vars]\nPRIVATE_PREFIXES = "../x"\n');
    const { exitCode, stdout, stderr } = await sign(TYPICAL, { keys: KEYS, cwd: folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("PRIVATE_PREFIXES should hold folders");
  });
});

it("npm run sign -- --help lists all options", async () => {
  const { exitCode, stdout } = await npmRunSign(["--help"], {});
  expect(exitCode).toBe(0);
  for (const option of ["PATH", "--expires", "--base-url", "--preset", "URL_SIGNING_KEYS"])
    expect(stdout).toContain(option);
});
