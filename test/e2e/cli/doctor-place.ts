import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { type Project, startProject } from "../project.ts";
import { type FrontCache, startFrontCache } from "./front-cache.ts";
import { createScratchProject, type Outcome, type ScratchProject } from "./scratch-project.ts";

export const SIGNING = "k1:the signing secret of these tests";
export const RIGHTS = ["readFiles", "shareFiles", "listFiles", "listBuckets"];
export const KEY = { B2_APPLICATION_KEY_ID: "local-key-id", B2_APPLICATION_KEY: "local-key" };
/** The first picture of the bucket. */
export const PICTURE = "/blue%20hour.jpg";

export interface Finding {
  check: string;
  verdict: string;
  text: string;
  advice?: string;
}

/** What a test of `npm run doctor` has: a good site with a private folder, behind a cache, and the project that it came from. */
export interface DoctorPlace {
  readonly site: Project;
  readonly front: FrontCache;
  readonly project: ScratchProject;
}

/** Makes the place once for all tests of a file; each finds it good. */
export function useDoctorPlace(): DoctorPlace {
  let site: Project;
  let front: FrontCache;
  let project: ScratchProject;
  let config: string;
  beforeAll(async () => {
    const secrets = { URL_SIGNING_KEYS: SIGNING };
    site = await startProject({ b2: { capabilities: RIGHTS }, vars: { PRIVATE_PREFIXES: "private" }, secrets });
    site.b2.put("images", "private/plan.png", { content: "x".repeat(500), contentType: "image/png" });
    front = await startFrontCache(() => site.url);
    project = createScratchProject();
    project.setVariable("B2_API_URL", `"${site.b2Server.url}"`);
    project.setVariable("PRIVATE_PREFIXES", '"private"');
    project.setVariable("INDEX_FILE", '"index.html"');
    config = project.read("wrangler.toml");
  }, 120_000);
  afterAll(async () => {
    await front?.close();
    await site?.stop();
    await project?.remove();
  });
  const place: DoctorPlace = {
    get site() {
      return site;
    },
    get front() {
      return front;
    },
    get project() {
      return project;
    },
  };
  beforeEach(() => {
    front.reset();
    site.b2.reset();
    site.b2.setKey({ capabilities: RIGHTS, expiresAt: null });
    project.write("wrangler.toml", config);
    writeSecrets(place, { ...KEY, URL_SIGNING_KEYS: SIGNING });
  });
  return place;
}

export function writeSecrets({ project }: DoctorPlace, secrets: Record<string, string>): void {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`);
  project.write(".dev.vars", lines.join(""));
}

export async function examine(place: DoctorPlace, [url = place.front.url, ...args]: string[] = []): Promise<Outcome> {
  return await place.project.run("doctor", ["--url", url, "--json", ...args]);
}

export function reportOf({ stdout }: Outcome): { ok: boolean; requests: number; checks: Finding[] } {
  return JSON.parse(stdout);
}

export function verdictOf(checks: Finding[], name: string): string | undefined {
  return checks.find(({ check }) => check === name)?.verdict;
}

export function expectNoSecret(text: string): void {
  const secrets = ['local-key"', SIGNING, "the signing secret", "4_account_", "4_download_", "sig="];
  for (const secret of secrets) expect(text).not.toContain(secret);
}
