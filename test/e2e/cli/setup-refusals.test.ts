import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  ALL,
  expectRefused,
  IN_SHELL,
  KEY_ID,
  type SetupPlace,
  setup,
  useSetupPlace,
  WHOLE_KEY,
} from "./setup-place.ts";

const place = useSetupPlace();

describe("npm run setup writes nothing and says what to do", () => {
  it.each<[string, string[], string, number]>([
    ["no key", ALL, "--key-id is missing", 2],
    ["a key id alone", [...ALL, "--key-id", "0031"], "--key-file is missing", 2],
    [
      "an import that is none",
      [...ALL, "--import", "wrangler.toml"],
      "is not a settings file of the Python updater",
      1,
    ],
    ["an import that is not there", [...ALL, "--import", "nowhere.txt"], "nowhere.txt cannot be read", 1],
    [
      "a key file that is not there",
      [...ALL, "--key-id", "x", "--key-file", "nowhere"],
      "--key-file: nowhere cannot be read",
      2,
    ],
    ["a key as its id", [...ALL, "--key-id", WHOLE_KEY], "--key-id: this is the form of an applicationKey", 2],
    ["a domain with a scheme", [...ALL, "--domain", "https://image.example.com"], "--domain must be a host name", 2],
    ["both kinds of address", [...ALL, "--workers-dev"], "--domain and --workers-dev do not go together", 2],
    ["a name that Cloudflare does not take", [...ALL, "--name", "My_Worker"], "--name must be", 2],
    ["an unknown option", [...ALL, "--buckets", "x"], "npm run setup -- --help", 2],
  ])("with %s", async (_, args, sentence, exitCode) => {
    expectRefused(place, await setup(place, args), { sentence, exitCode });
  });

  it.each<[string, string[], string]>([
    [
      "the bucket",
      ["--yes", "--domain", "i.example.com"],
      "--bucket is missing (Which bucket? The key reaches images, pictures)",
    ],
    ["the domain", ["--yes", "--bucket", "images"], "--domain (or --workers-dev) is missing"],
    ["an answer, without a terminal", ["--domain", "i.example.com"], "--bucket is missing"],
  ])("without %s", async (_, args, sentence) => {
    expectRefused(place, await setup(place, args, IN_SHELL), { sentence, exitCode: 2 });
  });

  it.each<[string, () => void, string]>([
    ["a wrong key", () => place.b2.b2.setKey({ key: "another" }), `B2 refuses the key with the id ${KEY_ID}.`],
    [
      "a key without shareFiles",
      () => setKey(place, ["readFiles"], ["images"]),
      "The key lacks shareFiles. Make a key with: b2 key create",
    ],
    [
      "a bucket that the key does not reach",
      () => setKey(place, ["readFiles", "shareFiles"], ["pictures"]),
      "does not reach the bucket",
    ],
    ["no network", () => place.project.editConfig(place.b2.url, "http://127.0.0.1:9"), "127.0.0.1 cannot be reached"],
    [
      "a host that cannot be found",
      () => place.project.editConfig(place.b2.url, "https://b2.invalid"),
      "b2.invalid cannot be found",
    ],
    [
      "a wrangler.toml that does not parse",
      () => place.project.editConfig("[vars]", "[vars"),
      "wrangler.toml is not TOML",
    ],
    ["no wrangler.toml", () => place.project.removeFile("wrangler.toml"), "There is no wrangler.toml here"],
    [
      "a variable that does not parse",
      () => place.project.editConfig("# TOKEN_VALID_SECONDS = 604800", "TOKEN_VALID_SECONDS = 1"),
      "TOKEN_VALID_SECONDS should hold",
    ],
    [
      "a setting out of place",
      () => place.project.editConfig("[cache]", '[cache]\nPRIVATE_PREFIXES = "private"'),
      "PRIVATE_PREFIXES stands in [cache], where it has no effect: move it under [vars].",
    ],
    ["a git that would take the key along", () => initGit(place, "node_modules"), "git does not ignore .dev.vars"],
  ])("with %s", async (_, plant, sentence) => {
    plant();
    const config = place.project.has("wrangler.toml") ? place.project.read("wrangler.toml") : "";
    expectRefused(place, await setup(place, ALL, IN_SHELL), { sentence, config });
  });

  it("with a key and its id swapped in .dev.vars", async () => {
    place.project.write(".dev.vars", `B2_APPLICATION_KEY_ID=${WHOLE_KEY}\nB2_APPLICATION_KEY=${KEY_ID}\n`);
    const sentence = "The key id of .dev.vars: this is the form of an applicationKey, so the two are probably swapped.";
    expectRefused(place, await setup(place, ALL), { sentence });
  });

  it("with an exported CLOUDFLARE_ENV, which the deploy at the end would follow", async () => {
    const sentence = "CLOUDFLARE_ENV is second, and this sets up the Worker without an environment: unset it first.";
    const outcome = await setup(place, ALL, { env: { ...IN_SHELL.env, CLOUDFLARE_ENV: "second" } });
    expectRefused(place, outcome, { sentence, exitCode: 1 });
  });

  it("but with a git that ignores .dev.vars, and every file of its kind but the example", async () => {
    initGit(place, place.project.read(".gitignore"));
    expect((await setup(place, ALL, IN_SHELL)).exitCode).toBe(0);
    const files = [".dev.vars", ".dev.vars.second", ".dev.vars.example"];
    const ignored = files.filter((file) => {
      try {
        return execFileSync("git", ["check-ignore", file], { cwd: place.project.folder }).length > 0;
      } catch {
        return false;
      }
    });
    expect(ignored).toEqual([".dev.vars", ".dev.vars.second"]);
  });
});

function setKey({ b2 }: SetupPlace, capabilities: string[], buckets: string[]): void {
  b2.b2.setKey({ capabilities, buckets });
}

function initGit({ project }: SetupPlace, ignored: string): void {
  project.write(".gitignore", `${ignored}\n`);
  execFileSync("git", ["init", "-q"], { cwd: project.folder });
}
