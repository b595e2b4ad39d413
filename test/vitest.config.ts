import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { OTHER_POSITIONS, type Switches } from "./local-b2/b2/switches.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

// The secrets that wrangler.toml requires: as bindings alone, wrangler would warn that they are missing.
process.env.B2_APPLICATION_KEY_ID = "local-key-id";
process.env.B2_APPLICATION_KEY = "local-key";

// The commands under test, wrangler above all, then compile their JavaScript once: they start with half of the work.
process.env.NODE_COMPILE_CACHE ??= `${root}node_modules/.cache/compile`;

/** The part of each random campaign that runs: all of it in CI, while a developer should not wait for more than some 150 s. */
const CAMPAIGN = process.env.CI === "true" ? 1 : 0.1;

/** More than there are cores: files wait for processes and timers. Each more is a workerd more that takes all modules in. */
const MAX_WORKERS = 4;

/** Where sources about B2 differ, these tests run with both readings of them. */
const TOUCHED_BY_A_SWITCH = [
  "test/worker/whole/{answers,bad-input,cache,content}.test.ts",
  "test/worker/attacks/not-a-file.test.ts",
  "test/worker/access/*-answers.test.ts",
  "test/worker/b2/download.test.ts",
  "test/worker/gallery/lister.test.ts",
  "test/worker/images/serve-image.test.ts",
  "test/worker/token/{mint,mint-refusal,source-refused}.test.ts",
];

/** Tests inside workerd. */
function workerProject(
  name: string,
  test: { include: string[]; provide?: { switches: Switches } },
): TestProjectConfiguration {
  return {
    root,
    plugins: [
      cloudflareTest({
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          bindings: { B2_API_URL: "http://127.0.0.1:8788" },
          // In wrangler.toml it is commented out. This is the local one, which knows width, height and format.
          images: { binding: "IMAGES" },
        },
      }),
    ],
    test: {
      ...test,
      name,
      provide: { campaign: CAMPAIGN, ...test.provide },
      setupFiles: ["test/worker/support/clean-slate.ts"],
      // A workerd for each file would take half of the time. Every test makes its own site, on a clean slate.
      isolate: false,
      testTimeout: 20_000,
      maxWorkers: MAX_WORKERS,
    },
  };
}

export default defineConfig({
  root,
  test: {
    projects: [
      workerProject("worker", { include: ["test/worker/**/*.test.ts", "test/simulation/**/*.test.ts"] }),
      workerProject("worker-other-b2", { include: TOUCHED_BY_A_SWITCH, provide: { switches: OTHER_POSITIONS } }),
      {
        root,
        test: {
          name: "e2e",
          provide: { campaign: CAMPAIGN },
          // Wrangler inside of a test's process.
          env: { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
          include: ["test/e2e/**/*.test.ts"],
          // A process for each file would take a second more each.
          isolate: false,
          maxWorkers: MAX_WORKERS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Processes under test share two cores: what comes in a moment may take seconds.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
