import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type LocalB2Server, startLocalB2 } from "../../local-b2/serve.ts";
import { createScratchProject, type Outcome, type RunOptions, type ScratchProject } from "./scratch-project.ts";

export const KEY_ID = "0031f9setup";
export const KEY = "K003keyOf/The+Setup";
/** In the form of an application key, as B2 makes them. */
export const WHOLE_KEY = "K004abcdefghijklmnopqrstuvw/xyz";
export const IN_SHELL = { env: { B2_APPLICATION_KEY_ID: KEY_ID, B2_APPLICATION_KEY: KEY } };
/** All that a run without questions needs. */
export const ALL = ["--yes", "--bucket", "images", "--prefix", "", "--domain", "image.example.com", "--no-deploy"];

/** What a test of `npm run setup` has: a fresh project, and a local B2 with two buckets. */
export interface SetupPlace {
  readonly project: ScratchProject;
  readonly b2: LocalB2Server;
  /** wrangler.toml before the run. */
  readonly config: string;
}

/** Makes the place for all tests of a file, with a fresh project for each. */
export function useSetupPlace(): SetupPlace {
  let b2: LocalB2Server;
  let project: ScratchProject;
  let config: string;
  beforeAll(async () => {
    b2 = await startLocalB2({ keyId: KEY_ID, key: KEY, secondBucket: "pictures" });
  });
  afterAll(() => b2?.close());
  beforeEach(() => {
    project = createScratchProject();
    project.setVariable("B2_API_URL", `"${b2.url}"`);
    config = project.read("wrangler.toml");
    b2.b2.setKey({ key: KEY, capabilities: ["readFiles", "shareFiles"], buckets: ["images", "pictures"] });
  });
  afterEach(() => project.remove());
  return {
    get b2() {
      return b2;
    },
    get project() {
      return project;
    },
    get config() {
      return config;
    },
  };
}

/** Runs `npm run setup`; whatever comes of it, no key is told and no stack. */
export async function setup({ project }: SetupPlace, args: string[], options?: RunOptions): Promise<Outcome> {
  const outcome = await project.run("setup", args, options);
  expect(outcome.stdout + outcome.stderr).not.toContain(KEY);
  expect(outcome.stdout + outcome.stderr).not.toContain(WHOLE_KEY);
  expect(outcome.stderr).not.toMatch(/\bat .*:\d+|node:internal/);
  return outcome;
}

export interface Refusal {
  sentence: string;
  exitCode?: number;
  /** wrangler.toml, when the test has changed it. */
  config?: string;
}

export function expectRefused(place: SetupPlace, outcome: Outcome, refusal: Refusal): void {
  const { sentence, exitCode = 1, config = place.config } = refusal;
  const { project } = place;
  expect(outcome.stdout + outcome.stderr).toContain(sentence);
  expect(outcome.exitCode).toBe(exitCode);
  if (project.has("wrangler.toml")) expect(project.read("wrangler.toml")).toBe(config);
  expect(project.has(".dev.vars") && project.read(".dev.vars").includes(KEY)).toBe(false);
}
