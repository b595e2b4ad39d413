import { globSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { type LocalB2Server, startLocalB2 } from "../../local-b2/serve.ts";
import { type CloudflareApi, startCloudflareApi } from "./cloudflare-api.ts";
import { createScratchProject, type Outcome, type ScratchProject } from "./scratch-project.ts";

export const KEY_ID = "0031f9file";
export const KEY = "K003keyOfTheFile";
/** In the form of an application key, as B2 makes them. */
export const WHOLE_KEY = "K004abcdefghijklmnopqrstuvw/xyz";
export const SIGNING = "k1:a signing secret of these tests";
export const RIGHTS = ["readFiles", "shareFiles"];

/** What a test of `npm run deploy` has: a project with a good key, a local B2, and a stand-in for Cloudflare's API. */
export interface DeployPlace {
  readonly project: ScratchProject;
  readonly b2: LocalB2Server;
  readonly cloudflare: CloudflareApi;
}

/** Makes the place for all tests of a file, with a fresh project for each. */
export function useDeployPlace(): DeployPlace {
  // A deploy is two runs of Wrangler: minutes, on a busy machine.
  vi.setConfig({ testTimeout: 180_000 });
  let b2: LocalB2Server;
  let cloudflare: CloudflareApi;
  let project: ScratchProject;
  beforeAll(async () => {
    b2 = await startLocalB2({ keyId: KEY_ID, key: KEY, capabilities: RIGHTS, secondBucket: "pictures" });
    cloudflare = await startCloudflareApi();
  });
  afterAll(async () => {
    await b2?.close();
    await cloudflare?.close();
  });
  beforeEach(() => {
    project = createScratchProject();
    Object.assign(project.environment, cloudflare.environment);
    project.setVariable("B2_API_URL", `"${b2.url}"`);
    b2.b2.setKey({ capabilities: RIGHTS, buckets: ["images"] });
    project.write(".dev.vars", fileOf(KEY_ID, KEY, `URL_SIGNING_KEYS="${SIGNING}"\n`));
  });
  afterEach(async () => {
    await project.remove();
    cloudflare.reset();
  });
  return {
    get b2() {
      return b2;
    },
    get cloudflare() {
      return cloudflare;
    },
    get project() {
      return project;
    },
  };
}

/** A file of secrets. */
export function fileOf(keyId: string, key: string, more = ""): string {
  return `# The key\nB2_APPLICATION_KEY_ID=${keyId}\nB2_APPLICATION_KEY=${key}\n${more}`;
}

/** The files that a deploy makes for Wrangler and must take away. */
export function secretsFiles({ project }: DeployPlace): string[] {
  return globSync(`${project.folder}/b2-image-worker-*/secrets.json`);
}

export function expectRefused(
  place: DeployPlace,
  { exitCode, stdout, stderr }: Outcome,
  { sentence, exitCode: expected = 1 }: { sentence: string; exitCode?: number },
): void {
  expect(stdout + stderr).toContain(sentence);
  expect(exitCode).toBe(expected);
  expect(place.cloudflare.uploads).toEqual([]);
  expect(secretsFiles(place)).toEqual([]);
  expect(stderr).not.toMatch(/\bat .*:\d+|node:internal/);
  expectNoSecret(stdout + stderr);
}

export function expectNoSecret(text: string): void {
  for (const secret of [KEY, WHOLE_KEY, "K003mistyped", SIGNING, "4_account_", "4_download_"])
    expect(text).not.toContain(secret);
}
