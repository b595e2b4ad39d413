import { globSync, statSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalB2Server, startLocalB2 } from "../../local-b2/serve.ts";
import { type CloudflareApi, startCloudflareApi, type Upload } from "./cloudflare-api.ts";
import { type Forwarder, startForwarder } from "./forwarder.ts";
import { createScratchProject, type Outcome, type ScratchProject } from "./scratch-project.ts";

const KEY_ID = "0031f9file";
const KEY = "K003keyOfTheFile";
const SIGNING = "k1:a signing secret of these tests";
const MASTER = { B2_APPLICATION_KEY_ID: "masterKeyId", B2_APPLICATION_KEY: "masterKey" };
const RIGHTS = ["readFiles", "shareFiles"];

let b2: LocalB2Server;
let slowClock: Forwarder;
let cloudflare: CloudflareApi;
let project: ScratchProject;

beforeAll(async () => {
  b2 = await startLocalB2({ keyId: KEY_ID, key: KEY, capabilities: RIGHTS, secondBucket: "pictures" });
  cloudflare = await startCloudflareApi();
  slowClock = await startForwarder(
    () => b2.url,
    async (_, ask) => {
      const answer = await ask();
      answer.headers.set("Date", new Date(Date.now() + 3 * 3_600_000).toUTCString());
      return answer;
    },
  );
});
afterAll(async () => {
  await b2?.close();
  await cloudflare?.close();
  await slowClock?.close();
});
beforeEach(() => {
  project = createScratchProject();
  Object.assign(project.environment, cloudflare.environment);
  setVariable("B2_API_URL", `"${b2.url}"`);
  b2.b2.setKey({ capabilities: RIGHTS, buckets: ["images"] });
  project.write(".dev.vars", fileOf(KEY_ID, KEY, `URL_SIGNING_KEYS="${SIGNING}"\n`));
});
afterEach(() => {
  project.remove();
  cloudflare.reset();
});

describe("npm run deploy uploads", () => {
  it("the secrets of .dev.vars, whatever the shell has exported, and says which key it is", async () => {
    const { exitCode, stdout, stderr } = await project.run("deploy", [], { env: MASTER });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(secretsOf()).toEqual({ B2_APPLICATION_KEY_ID: KEY_ID, B2_APPLICATION_KEY: KEY, URL_SIGNING_KEYS: SIGNING });
    expect(stdout).toContain(
      `The key with the id ${KEY_ID} goes up to the Worker b2-image-worker, from .dev.vars, and URL_SIGNING_KEYS.`,
    );
    expect(stdout).toContain("The shell has another B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY: it is not used.");
    expect(stdout).toContain("https://b2-image-worker.you.workers.dev");
    expectNoSecret(stdout);
  });

  it("them from a file that only its owner can read, and that is gone afterwards", async () => {
    const modes: number[] = [];
    cloudflare.onUpload = () => modes.push(...secretsFiles().map((file) => statSync(file).mode & 0o777));
    expect((await project.run("deploy")).exitCode).toBe(0);
    expect(modes).toEqual([0o600]);
    expect(secretsFiles()).toEqual([]);
  });

  it("nothing but the secrets that the Worker knows", async () => {
    project.write(".dev.vars", fileOf(KEY_ID, KEY, "MY_OTHER_TOKEN=not for Cloudflare\n"));
    const { stdout } = await project.run("deploy");
    expect(stdout).toContain("MY_OTHER_TOKEN of .dev.vars is no secret of the Worker: it stays here.");
    expect(Object.keys(secretsOf())).toEqual(["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY"]);
  });

  it("again over its own Worker, with its domain", async () => {
    cloudflare.workers.set("b2-image-worker", ["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY"]);
    setDomain("image.invalid");
    const { exitCode, stderr } = await project.run("deploy");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(cloudflare.domains).toEqual({ "b2-image-worker": ["image.invalid"] });
    expect(cloudflare.uploads).toHaveLength(1);
  });

  it("with Wrangler's own options", async () => {
    const { stdout, exitCode } = await project.run("deploy", ["--dry-run", "--outdir", "bundle"]);
    expect({ exitCode, uploads: cloudflare.uploads }).toEqual({ exitCode: 0, uploads: [] });
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(project.has("bundle/index.js")).toBe(true);
  });

  it("in Workers Builds, where there is no file, with the secrets that the Worker has", async () => {
    cloudflare.workers.set("b2-image-worker", ["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY"]);
    project.removeFile(".dev.vars");
    const { exitCode, stdout } = await project.run("deploy", [], { env: { WORKERS_CI: "1" } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("the secrets are those that Cloudflare has for the Worker");
    expect(secretsOf()).toEqual({});
    expect(cloudflare.uploads[0]?.bindings).toContainEqual({ name: "B2_APPLICATION_KEY", type: "inherit" });
  });

  it("with --no-check whatever the key is", async () => {
    project.write(".dev.vars", fileOf("wrong", "wrong too"));
    expect((await project.run("deploy", ["--no-check"])).exitCode).toBe(0);
    expect(secretsOf()).toEqual({ B2_APPLICATION_KEY_ID: "wrong", B2_APPLICATION_KEY: "wrong too" });
  });
});

describe("npm run deploy -- --env second", () => {
  beforeEach(() => {
    project.write("wrangler.toml", withEnvironment(project.read("wrangler.toml")));
    project.editConfig('"your-second-bucket"', `"pictures"\nB2_API_URL = "${b2.url}"`);
    b2.b2.setKey({ buckets: ["images", "pictures"] });
  });

  it("takes .dev.vars.second alone, and has a KV, a limiter, a cache, a cron and a domain of its own", async () => {
    project.write(".dev.vars", fileOf("firstKeyId", "firstKey", `URL_SIGNING_KEYS="${SIGNING}"\n`));
    project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    const { exitCode, stdout } = await project.run("deploy", ["--env", "second"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `The key with the id ${KEY_ID} goes up to the Worker b2-image-worker-second, from .dev.vars.second.`,
    );
    expect(secretsOf()).toEqual({ B2_APPLICATION_KEY_ID: KEY_ID, B2_APPLICATION_KEY: KEY });
    const [upload] = cloudflare.uploads;
    expect(upload).toMatchObject({ workerName: "b2-image-worker-second", cacheEnabled: true });
    expect(upload?.bindings).toContainEqual(expect.objectContaining({ name: "TOKENS", type: "kv_namespace" }));
    expect(upload?.bindings).toContainEqual(expect.objectContaining({ name: "MISS_LIMITER", namespace_id: "4202" }));
    expect(cloudflare.domains).toEqual({ "b2-image-worker-second": ["second.example.com"] });
    expect(cloudflare.schedules).toEqual({ "b2-image-worker-second": ["0 */6 * * *"] });
  });

  it("is chosen by CLOUDFLARE_ENV too, as Wrangler does", async () => {
    project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    await project.run("deploy", [], { env: { CLOUDFLARE_ENV: "second" } });
    expect(cloudflare.uploads.map(({ workerName }) => workerName)).toEqual(["b2-image-worker-second"]);
  });

  it("needs a file of its own", async () => {
    expectRefused(await project.run("deploy", ["--env=second"]), "There is no .dev.vars.second here");
  });

  it("is refused while a protection of the first stands only there", async () => {
    setVariable("PRIVATE_PREFIXES", '"private"');
    setVariable("ALLOWED_REFERERS", '"example.com"');
    project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    const outcome = await project.run("deploy", ["--env", "second"]);
    expectRefused(outcome, "PRIVATE_PREFIXES stands in [vars] but not in [env.second.vars]");
    expect(outcome.stderr).toContain("ALLOWED_REFERERS stands in [vars] but not in [env.second.vars]");
  });

  it("is refused while it would take the domain of the first", async () => {
    project.editConfig(/^\[\[env\.second\.routes\]\]\n.*\n.*\n/m, "");
    setDomain("image.invalid");
    project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    expectRefused(await project.run("deploy", ["-e", "second"]), "[env.second] has no routes of its own");
  });
});

describe("npm run deploy uploads nothing and says what to do", () => {
  it.each<[string, string, string]>([
    [
      "an unfilled .dev.vars",
      "B2_APPLICATION_KEY_ID=\nB2_APPLICATION_KEY=\n",
      "B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY is empty",
    ],
    ["an optional secret without a value", fileOf(KEY_ID, KEY, "ALERT_WEBHOOK_URL=\n"), "ALERT_WEBHOOK_URL is empty"],
    ["a .dev.vars without a key", `B2_APPLICATION_KEY_ID=${KEY_ID}\n`, "has no line for B2_APPLICATION_KEY"],
    [
      "a variable among the secrets",
      fileOf(KEY_ID, KEY, "PRIVATE_PREFIXES=private\n"),
      "PRIVATE_PREFIXES is no secret",
    ],
    ["a wrong key", fileOf(KEY_ID, "K003mistyped"), "Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY"],
    [
      "a signing key that is none",
      fileOf(KEY_ID, KEY, "URL_SIGNING_KEYS=short\n"),
      "URL_SIGNING_KEYS should hold id:secret",
    ],
  ])("%s", async (_, file, sentence) => {
    project.write(".dev.vars", file);
    expectRefused(await project.run("deploy"), sentence);
  });

  it.each<[string, () => void, string]>([
    ["a key without shareFiles", () => b2.b2.setKey({ capabilities: ["readFiles"] }), "lacks shareFiles"],
    [
      "a bucket that the key does not reach",
      () => setVariable("B2_BUCKET_NAME", '"another-bucket"'),
      "does not reach the bucket of B2_BUCKET_NAME",
    ],
    [
      "a variable that does not parse",
      () => setVariable("EDGE_MAX_AGE_SECONDS", '"soon"'),
      "EDGE_MAX_AGE_SECONDS should hold a whole number",
    ],
    [
      "a wrangler.toml that is not TOML",
      () => project.editConfig("minify = true", "minify = yes"),
      "wrangler.toml is not TOML",
    ],
    ["no network", () => setVariable("B2_API_URL", '"http://127.0.0.1:9"'), "127.0.0.1 cannot be reached"],
    [
      "a clock that is off by hours",
      () => setVariable("B2_API_URL", `"${slowClock.url}"`),
      "The clock of this machine is 3 hours behind",
    ],
    [
      "a name of another Worker",
      () => cloudflare.workers.set("b2-image-worker", ["THEIR_SECRET"]),
      "a Worker named b2-image-worker already, and it is another one",
    ],
    ["a domain that leads elsewhere", () => setDomain("localhost"), "localhost has a DNS record already"],
    ["no .dev.vars", () => project.removeFile(".dev.vars"), "There is no .dev.vars here. Run npm run setup"],
  ])("%s", async (_, plant, sentence) => {
    plant();
    expectRefused(await project.run("deploy"), sentence);
  });

  it("without a login to Cloudflare", async () => {
    const outcome = await project.run("deploy", [], { env: { CLOUDFLARE_API_TOKEN: "" } });
    expectRefused(outcome, "You are not logged in to Cloudflare. Run «npx wrangler login»");
  });

  it.each([
    [["--env", "third"], 1, "wrangler.toml has no [env.third]"],
    [["--env"], 2, "--env needs a value"],
    [["--secrets-file", ".dev.vars"], 2, "--secrets-file is made by this command"],
  ])("with %j", async (args, exitCode, sentence) => {
    expectRefused(await project.run("deploy", args), sentence, exitCode);
  });
});

function setDomain(host: string): void {
  project.editConfig(
    /^# \[\[routes\]\]\n# pattern.*\n# custom_domain.*$/m,
    `[[routes]]\npattern = "${host}"\ncustom_domain = true`,
  );
}

function setVariable(name: string, value: string): void {
  project.editConfig(new RegExp(`^(?:# )?${name} = .*$`, "m"), `${name} = ${value}`);
}

function fileOf(keyId: string, key: string, more = ""): string {
  return `# The key\nB2_APPLICATION_KEY_ID=${keyId}\nB2_APPLICATION_KEY=${key}\n${more}`;
}

/** wrangler.toml with the example of a second environment switched on, as its comment says. */
function withEnvironment(text: string): string {
  const [before = "", example = ""] = text.split(/^(?=# \[env\.second\])/m);
  return before + example.replace(/^# ?/gm, "");
}

function secretsOf(upload: Upload | undefined = cloudflare.uploads.at(-1)): Record<string, string | undefined> {
  const secrets = upload?.bindings.filter(({ type }) => type === "secret_text") ?? [];
  return Object.fromEntries(secrets.map(({ name, text }) => [name, text]));
}

function secretsFiles(): string[] {
  return globSync(`${project.folder}/b2-image-worker-*/secrets.json`);
}

function expectRefused({ exitCode, stdout, stderr }: Outcome, sentence: string, expectedExitCode = 1): void {
  expect(stdout + stderr).toContain(sentence);
  expect(exitCode).toBe(expectedExitCode);
  expect(cloudflare.uploads).toEqual([]);
  expect(secretsFiles()).toEqual([]);
  expect(stderr).not.toMatch(/\bat .*:\d+|node:internal/);
  expectNoSecret(stdout + stderr);
}

function expectNoSecret(text: string): void {
  for (const secret of [KEY, "K003mistyped", SIGNING, "masterKey\n", "4_account_", "4_download_"])
    expect(text).not.toContain(secret);
}
