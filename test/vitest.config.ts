import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

// The secrets that wrangler.toml requires: as bindings alone, wrangler would warn that they are missing.
process.env.B2_APPLICATION_KEY_ID = "local-key-id";
process.env.B2_APPLICATION_KEY = "local-key";

export default defineConfig({
  root,
  test: {
    // More than there are cores: the files of e2e start processes of their own, and mostly wait for them.
    maxWorkers: 5,
    projects: [
      {
        root,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings: { B2_API_URL: "http://127.0.0.1:8788" } },
          }),
        ],
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts", "test/simulation/**/*.test.ts"],
          setupFiles: ["test/worker/support/clean-slate.ts"],
          // A workerd for each file would take half of the time. Every test makes its own site, on a clean slate.
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        root,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
