import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalB2Server, startLocalB2 } from "../../local-b2/serve.ts";
import { createScratchProject, type Outcome, type RunOptions, type ScratchProject } from "./scratch-project.ts";

const KEY_ID = "0031f9setup";
const KEY = "K003keyOf/The+Setup";
const IN_SHELL = { env: { B2_APPLICATION_KEY_ID: KEY_ID, B2_APPLICATION_KEY: KEY } };
const OLD_FILE = [
  "bucket images",
  "bucketId BUCKET_ID",
  `keyId ${KEY_ID}`,
  `key ${KEY}`,
  "domain pictures.example.com",
];
const UNNEEDED = ["account 0123", "apiKey cloudflare-key-of-old", "worker old-worker"];
/** All that a run without questions needs. */
const ALL = ["--yes", "--bucket", "images", "--prefix", "", "--domain", "image.example.com", "--no-deploy"];

let b2: LocalB2Server;
let bucketId: string;
let project: ScratchProject;
let config: string;

beforeAll(async () => {
  b2 = await startLocalB2({ keyId: KEY_ID, key: KEY, secondBucket: "pictures" });
  bucketId = await idOfBucket("images");
});
afterAll(() => b2?.close());
beforeEach(() => {
  project = createScratchProject();
  project.editConfig(/^# B2_API_URL = .*$/m, `B2_API_URL = "${b2.url}"`);
  config = project.read("wrangler.toml");
  setKey(["readFiles", "shareFiles"], ["images", "pictures"]);
});
afterEach(() => project.remove());

describe("npm run setup with options asks nothing", () => {
  it("and writes wrangler.toml with every comment, and .dev.vars for its owner alone", async () => {
    const { exitCode, stdout, stderr } = await setup(ALL, IN_SHELL);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const written = project.read("wrangler.toml");
    expect(written).toContain('\n[[routes]]\npattern = "image.example.com"\ncustom_domain = true\n');
    expect(written).toMatch(/^workers_dev = false$/m);
    expect(written).toMatch(/^B2_BUCKET_NAME = "images" +# which bucket/m);
    expect(linesOnlyIn(config, written)).toEqual([
      "workers_dev = true",
      "# [[routes]]",
      '# pattern = "image.example.com"',
      expect.stringMatching(/^# B2_BUCKET_NAME = "your-bucket" +# which bucket/),
    ]);
    expect(project.read(".dev.vars")).toBe(
      project
        .read(".dev.vars.example")
        .replace("B2_APPLICATION_KEY_ID=", `B2_APPLICATION_KEY_ID=${KEY_ID}`)
        .replace("B2_APPLICATION_KEY=\n", `B2_APPLICATION_KEY=${KEY}\n`),
    );
    expect(project.modeOf(".dev.vars")).toBe(0o600);
    expect(stdout).toContain(`+B2_APPLICATION_KEY_ID=${KEY_ID}`);
  });

  it("and changes only what changed when it runs again", async () => {
    await setup(ALL, IN_SHELL);
    project.write(".dev.vars", `${project.read(".dev.vars")}ALERT_WEBHOOK_URL=https://alert.example/1\n`);
    const [first, secrets] = [project.read("wrangler.toml"), project.read(".dev.vars")];
    const same = await setup(ALL);
    expect(same.stdout).toContain("wrangler.toml and .dev.vars say all this already.");
    expect([project.read("wrangler.toml"), project.read(".dev.vars")]).toEqual([first, secrets]);
    await setup([
      ...ALL,
      "--bucket",
      "pictures",
      "--prefix",
      "photos/",
      "--domain",
      "i.example.com",
      "--name",
      "second",
    ]);
    expect(linesOnlyIn(project.read("wrangler.toml"), first)).toEqual([
      'name = "second"',
      'pattern = "i.example.com"',
      expect.stringMatching(/^B2_BUCKET_NAME = "pictures" +# which/),
      expect.stringMatching(/^B2_FILE_NAME_PREFIX = "photos\/" +# only/),
    ]);
    expect(project.read(".dev.vars")).toBe(secrets);
  });

  it("and shows rights and bucket, and warns of more than is needed, with the command for less", async () => {
    setKey(["readFiles", "shareFiles", "writeFiles", "listBuckets"], ["images"]);
    const { stdout } = await setup(ALL, IN_SHELL);
    expect(stdout).toContain("It may: readFiles, shareFiles, writeFiles, listBuckets.");
    expect(stdout).toMatch(/^! note {4}rights: The key may writeFiles, more than is needed\./m);
    expect(stdout).toContain("b2 key create --bucket images b2-image-worker readFiles,shareFiles");
    expect(stdout).toContain("bucket: The bucket images is private.");
  });

  it("and builds with --dry-run", async () => {
    const { exitCode, stdout } = await setup([...ALL.filter((each) => each !== "--no-deploy"), "--dry-run"], IN_SHELL);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(stdout).toContain("Nothing was uploaded (--dry-run).");
  });

  it("and tells everything in --help", async () => {
    const { exitCode, stdout } = await setup(["--help"]);
    expect(exitCode).toBe(0);
    for (const option of "key-id key-file import bucket prefix domain workers-dev name deploy no-deploy dry-run url path wait yes".split(
      " ",
    ))
      expect(stdout).toContain(`--${option}`);
  });
});

describe("npm run setup takes the key", () => {
  it("from a file, with its id", async () => {
    project.write("key.txt", `${KEY}\n`);
    await setup([...ALL, "--key-id", KEY_ID, "--key-file", "key.txt"]);
    expect(project.read(".dev.vars")).toContain(`B2_APPLICATION_KEY=${KEY}\n`);
  });

  it("from the standard input", async () => {
    await setup([...ALL, "--key-id", KEY_ID, "--key-file", "-"], { input: KEY });
    expect(project.read(".dev.vars")).toContain(`B2_APPLICATION_KEY=${KEY}\n`);
  });

  it("from .dev.vars or the environment, whichever --key-id names", async () => {
    project.write(".dev.vars", "B2_APPLICATION_KEY_ID=older\nB2_APPLICATION_KEY=older-key\n");
    const unclear = await setup(ALL, IN_SHELL);
    expectRefused(
      unclear,
      "--key-id is missing (Which key? Known are older, from .dev.vars; 0031f9setup, from the environment)",
      2,
    );
    const { exitCode, stdout } = await setup([...ALL, "--key-id", KEY_ID], IN_SHELL);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "-B2_APPLICATION_KEY_ID=older\n+B2_APPLICATION_KEY_ID=0031f9setup\n-B2_APPLICATION_KEY=(the old one, hidden)",
    );
    expect(stdout).not.toContain("older-key");
  });

  it("from the settings file of the Python updater, with bucket and domain, and says what is not needed any more", async () => {
    project.write("old.txt", [...OLD_FILE, ...UNNEEDED].join("\n").replace("BUCKET_ID", bucketId));
    const { exitCode, stdout } = await setup(["--yes", "--import", "old.txt", "--no-deploy"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Not needed any more: Cloudflare account id, Cloudflare API key, Worker name.");
    expect(project.read("wrangler.toml")).toContain('pattern = "pictures.example.com"');
    expect(project.read("wrangler.toml")).toMatch(/^B2_BUCKET_NAME = "images"/m);
    expect(project.read(".dev.vars")).toContain(`B2_APPLICATION_KEY_ID=${KEY_ID}\nB2_APPLICATION_KEY=${KEY}\n`);
    expect(stdout).not.toContain("cloudflare-key-of-old");
  });

  it("from such a file that names a host of B2: that is no domain of yours", async () => {
    project.write(
      "old.txt",
      [...OLD_FILE.slice(0, 4), "domain f002.backblazeb2.com", ...UNNEEDED].join(" ").replace("BUCKET_ID", "another"),
    );
    const { stdout } = await setup(["--yes", "--import", "old.txt", "--workers-dev", "--no-deploy"]);
    expect(stdout).toContain("Not needed any more: B2 domain, Cloudflare account id, Cloudflare API key, Worker name.");
    expect(stdout).toContain("The file to import has another id for the bucket images");
    expect(project.read("wrangler.toml")).toMatch(/^# \[\[routes\]\]$/m);
  });
});

describe("npm run setup writes nothing and says what to do", () => {
  it.each<[string, string[], string, number]>([
    ["no key", ALL, "--key-id is missing", 2],
    ["a key id alone", [...ALL, "--key-id", "0031"], "--key-file is missing", 2],
    ["an import that is none", [...ALL, "--import", "wrangler.toml"], "is no settings file of the Python updater", 1],
    ["an import that is not there", [...ALL, "--import", "nowhere.txt"], "nowhere.txt cannot be read", 1],
    [
      "a key file that is not there",
      [...ALL, "--key-id", "x", "--key-file", "nowhere"],
      "--key-file: nowhere cannot be read",
      2,
    ],
    ["a domain with a scheme", [...ALL, "--domain", "https://image.example.com"], "--domain must be a host name", 2],
    ["both kinds of address", [...ALL, "--workers-dev"], "--domain and --workers-dev do not go together", 2],
    ["a name that Cloudflare does not take", [...ALL, "--name", "My_Worker"], "--name must be", 2],
    ["an unknown option", [...ALL, "--buckets", "x"], "npm run setup -- --help", 2],
  ])("with %s", async (_, args, sentence, exitCode) => {
    expectRefused(await setup(args), sentence, exitCode);
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
    expectRefused(await setup(args, IN_SHELL), sentence, 2);
  });

  it.each<[string, () => void, string]>([
    ["a wrong key", () => b2.b2.setKey({ key: "another" }), `B2 refuses the key with the id ${KEY_ID}.`],
    [
      "a key without shareFiles",
      () => setKey(["readFiles"], ["images"]),
      "The key lacks shareFiles. Make a key with: b2 key create",
    ],
    [
      "a bucket that the key does not reach",
      () => setKey(["readFiles", "shareFiles"], ["pictures"]),
      "does not reach the bucket",
    ],
    ["no network", () => project.editConfig(b2.url, "http://127.0.0.1:9"), "127.0.0.1 cannot be reached"],
    [
      "a host that cannot be found",
      () => project.editConfig(b2.url, "https://b2.invalid"),
      "b2.invalid cannot be found",
    ],
    ["a wrangler.toml that does not parse", () => project.editConfig("[vars]", "[vars"), "wrangler.toml is not TOML"],
    ["no wrangler.toml", () => project.removeFile("wrangler.toml"), "There is no wrangler.toml here"],
    [
      "a variable that does not parse",
      () => project.editConfig("# TOKEN_VALID_SECONDS = 604800", "TOKEN_VALID_SECONDS = 1"),
      "TOKEN_VALID_SECONDS should hold",
    ],
    ["a git that would take the key along", () => initGit("node_modules"), "git does not ignore .dev.vars"],
  ])("with %s", async (_, plant, sentence) => {
    plant();
    config = project.has("wrangler.toml") ? project.read("wrangler.toml") : "";
    expectRefused(await setup(ALL, IN_SHELL), sentence);
    b2.b2.setKey({ key: KEY });
  });

  it("but with a git that ignores .dev.vars, and every file of its kind but the example", async () => {
    initGit(project.read(".gitignore"));
    expect((await setup(ALL, IN_SHELL)).exitCode).toBe(0);
    const files = [".dev.vars", ".dev.vars.second", ".dev.vars.example"];
    const ignored = files.filter((file) => {
      try {
        return execFileSync("git", ["check-ignore", file], { cwd: project.folder }).length > 0;
      } catch {
        return false;
      }
    });
    expect(ignored).toEqual([".dev.vars", ".dev.vars.second"]);
  });
});

async function setup(args: string[], options?: RunOptions): Promise<Outcome> {
  const outcome = await project.run("setup", args, options);
  expect(outcome.stdout + outcome.stderr).not.toContain(KEY);
  expect(outcome.stderr).not.toMatch(/\bat .*:\d+|node:internal/);
  return outcome;
}

function setKey(capabilities: string[], buckets: string[]): void {
  b2.b2.setKey({ capabilities, buckets });
}

async function idOfBucket(name: string): Promise<string> {
  const authorization = `Basic ${btoa(`${KEY_ID}:${KEY}`)}`;
  const answer = await fetch(`${b2.url}/b2api/v4/b2_authorize_account`, { headers: { Authorization: authorization } });
  const { apiInfo } = (await answer.json()) as {
    apiInfo: { storageApi: { allowed: { buckets: { id: string; name: string }[] } } };
  };
  return apiInfo.storageApi.allowed.buckets.find((bucket) => bucket.name === name)?.id ?? "";
}

function initGit(ignored: string): void {
  project.write(".gitignore", `${ignored}\n`);
  execFileSync("git", ["init", "-q"], { cwd: project.folder });
}

/** Lines of the first text that the second has not. */
function linesOnlyIn(text: string, other: string): string[] {
  const others = other.split("\n");
  return text.split("\n").filter((line) => !others.includes(line));
}

function expectRefused({ exitCode, stdout, stderr }: Outcome, sentence: string, expectedExitCode = 1): void {
  expect(stdout + stderr).toContain(sentence);
  expect(exitCode).toBe(expectedExitCode);
  if (project.has("wrangler.toml")) expect(project.read("wrangler.toml")).toBe(config);
  expect(project.has(".dev.vars") && project.read(".dev.vars").includes(KEY)).toBe(false);
}
