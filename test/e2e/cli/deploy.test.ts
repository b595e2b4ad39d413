import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { PROJECT_DIR } from "../../project-dir.ts";
import type { CloudflareApi } from "./cloudflare-api.ts";
import {
  expectNoSecret,
  expectRefused,
  fileOf,
  KEY,
  KEY_ID,
  SIGNING,
  secretsFiles,
  useDeployPlace,
  WHOLE_KEY,
} from "./deploy-place.ts";

const OPERATOR = "the-password-of-an-owner-1";
const MASTER = { B2_APPLICATION_KEY_ID: "masterKeyId", B2_APPLICATION_KEY: "masterKey" };

const place = useDeployPlace();

describe("npm run deploy uploads", () => {
  it("the secrets of .dev.vars, whatever the shell has exported, from a file for its owner alone that is gone afterwards", async () => {
    place.project.write(
      ".dev.vars",
      fileOf(
        KEY_ID,
        KEY,
        `URL_SIGNING_KEYS="${SIGNING}"\nOPERATOR_TOKEN=${OPERATOR}\nMY_OTHER_TOKEN=not for Cloudflare\n`,
      ),
    );
    const modes: number[] = [];
    place.cloudflare.onUpload = () => modes.push(...secretsFiles(place).map((file) => statSync(file).mode & 0o777));
    const { exitCode, stdout, stderr } = await place.project.run("deploy", [], { env: MASTER });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(secretsOf(place.cloudflare)).toEqual({
      B2_APPLICATION_KEY_ID: KEY_ID,
      B2_APPLICATION_KEY: KEY,
      URL_SIGNING_KEYS: SIGNING,
      OPERATOR_TOKEN: OPERATOR,
    });
    expect(stdout).toContain(
      `The key with the id ${KEY_ID} is for the Worker b2-image-worker, from .dev.vars, and URL_SIGNING_KEYS, OPERATOR_TOKEN.`,
    );
    expect(stdout).toContain("The shell has another B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY: it is not used.");
    expect(stdout).toContain("MY_OTHER_TOKEN of .dev.vars is not a secret of the Worker: it is not uploaded.");
    expect(stdout).toContain("\nThe Worker is at https://b2-image-worker.you.workers.dev\n");
    expectNoSecret(stdout);
    expect({ modes, left: secretsFiles(place) }).toEqual({ modes: [0o600], left: [] });
  });

  it("again over its own Worker, with its domain, and with the cache in front of hotlink protection off", async () => {
    place.cloudflare.workers.set("b2-image-worker", ["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY"]);
    place.project.setDomain("image.invalid");
    place.project.setVariable("ALLOWED_REFERERS", '"example.com"');
    place.project.write("wrangler.toml", `${place.project.read("wrangler.toml")}\n${linesForHotlinkProtection()}`);
    const { exitCode, stdout, stderr } = await place.project.run("deploy");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("\nThe Worker is at https://image.invalid\n");
    expect(place.cloudflare.domains).toEqual({ "b2-image-worker": ["image.invalid"] });
    expect(place.cloudflare.uploads).toHaveLength(1);
    const [upload] = place.cloudflare.uploads;
    expect(upload).toMatchObject({ cacheEnabled: true, exports: { default: { cache: { enabled: false } } } });
  });

  it("with Wrangler's own options", async () => {
    const { stdout, exitCode } = await place.project.run("deploy", ["--dry-run", "--outdir", "bundle"]);
    expect({ exitCode, uploads: place.cloudflare.uploads }).toEqual({ exitCode: 0, uploads: [] });
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(place.project.has("bundle/index.js")).toBe(true);
  });

  it("in Workers Builds, where there is no file, with the secrets that the Worker has", async () => {
    place.cloudflare.workers.set("b2-image-worker", ["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY"]);
    place.project.removeFile(".dev.vars");
    const { exitCode, stdout } = await place.project.run("deploy", [], { env: { WORKERS_CI: "1" } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("the secrets are those that Cloudflare has for the Worker");
    expect(secretsOf(place.cloudflare)).toEqual({});
    expect(place.cloudflare.uploads[0]?.bindings).toContainEqual({ name: "B2_APPLICATION_KEY", type: "inherit" });
  });

  it("with --no-check whatever the key is", async () => {
    place.project.write(".dev.vars", fileOf(WHOLE_KEY, "wrong too"));
    const { exitCode, stdout, stderr } = await place.project.run("deploy", ["--no-check"]);
    expect(exitCode).toBe(0);
    expectNoSecret(stdout + stderr);
    expect(secretsOf(place.cloudflare)).toEqual({ B2_APPLICATION_KEY_ID: WHOLE_KEY, B2_APPLICATION_KEY: "wrong too" });
  });
});

describe("npm run deploy -- --env second", () => {
  beforeEach(() => {
    place.project.write("wrangler.toml", withEnvironment(place.project.read("wrangler.toml")));
    place.project.editConfig('"your-second-bucket"', `"pictures"\nB2_API_URL = "${place.b2.url}"`);
    place.b2.b2.setKey({ buckets: ["images", "pictures"] });
  });

  it("takes .dev.vars.second alone, and has a KV, limiters, a cache, a cron and a domain of its own", async () => {
    place.project.write(".dev.vars", fileOf("firstKeyId", "firstKey", `URL_SIGNING_KEYS="${SIGNING}"\n`));
    place.project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    const { exitCode, stdout } = await place.project.run("deploy", ["--env", "second"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `The key with the id ${KEY_ID} is for the Worker b2-image-worker-second, from .dev.vars.second.`,
    );
    expect(secretsOf(place.cloudflare)).toEqual({ B2_APPLICATION_KEY_ID: KEY_ID, B2_APPLICATION_KEY: KEY });
    const [upload] = place.cloudflare.uploads;
    expect(upload).toMatchObject({ workerName: "b2-image-worker-second", cacheEnabled: true });
    await place.project.run("deploy", ["--no-check"]);
    const [own, first] = place.cloudflare.uploads.map(({ bindings }) => bindings.filter(isOfPlatform));
    expect(own?.map(({ type, name }) => [type, name])).toEqual(first?.map(({ type, name }) => [type, name]));
    expect(own?.map(({ type }) => type)).toEqual(expect.arrayContaining(["kv_namespace", "ratelimit"]));
    const namespaces = [...(own ?? []), ...(first ?? [])].flatMap(({ namespace_id: id }) => id ?? []);
    expect(new Set(namespaces).size).toBe(namespaces.length);
    const { domains, schedules } = place.cloudflare;
    expect(domains).toEqual({ "b2-image-worker-second": ["second.example.com"] });
    expect(schedules["b2-image-worker-second"]).toEqual(schedules["b2-image-worker"]);
  });

  it("is chosen by CLOUDFLARE_ENV too, as Wrangler does", async () => {
    place.project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    const { stdout } = await place.project.run("deploy", ["--dry-run"], { env: { CLOUDFLARE_ENV: "second" } });
    expect(stdout).toContain("is for the Worker b2-image-worker-second, from .dev.vars.second.");
    expect(stdout).toMatch(/env\.B2_BUCKET_NAME \("pictures"\)/);
  });

  it("needs a file of its own", async () => {
    expectRefused(place, await place.project.run("deploy", ["--env=second"]), {
      sentence: "There is no .dev.vars.second here",
    });
  });

  it("is refused while a protection of the first stands only there", async () => {
    place.project.setVariable("PRIVATE_PREFIXES", '"private"');
    place.project.setVariable("ALLOWED_REFERERS", '"example.com"');
    place.project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    const outcome = await place.project.run("deploy", ["--env", "second"]);
    expectRefused(place, outcome, { sentence: "PRIVATE_PREFIXES stands in [vars] but not in [env.second.vars]" });
    expect(outcome.stderr).toContain("ALLOWED_REFERERS stands in [vars] but not in [env.second.vars]");
  });

  it("is refused while it would take the domain of the first", async () => {
    place.project.editConfig(/^\[\[env\.second\.routes\]\]\n.*\n.*\n/m, "");
    place.project.setDomain("image.invalid");
    place.project.write(".dev.vars.second", fileOf(KEY_ID, KEY));
    expectRefused(place, await place.project.run("deploy", ["-e", "second"]), {
      sentence: "[env.second] has no routes of its own",
    });
  });
});

/** What the documentation tells owners to add, so that no cache stands in front of the check. */
function linesForHotlinkProtection(): string {
  const text = readFileSync(join(PROJECT_DIR, ".github/docs/access.md"), "utf8");
  const [, lines = ""] = /^```toml\n(\[exports\.default\]\n.*?)^```/ms.exec(text) ?? [];
  return lines;
}

/** wrangler.toml with the example of a second environment switched on, as its comment says. */
function withEnvironment(text: string): string {
  const [before = "", example = ""] = text.split(/^(?=# \[env\.second\])/m);
  return before + example.replace(/^# ?/gm, "");
}

/** What Cloudflare gives, and no text of ours. */
function isOfPlatform({ type }: { type: string }): boolean {
  return type !== "plain_text" && type !== "secret_text";
}

/** The secrets of the last upload. */
function secretsOf({ uploads }: CloudflareApi): Record<string, string | undefined> {
  const secrets = uploads.at(-1)?.bindings.filter(({ type }) => type === "secret_text") ?? [];
  return Object.fromEntries(secrets.map(({ name, text }) => [name, text]));
}
