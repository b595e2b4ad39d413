import { readdir } from "node:fs/promises";
import { SAMPLE_DIR } from "../local-site/options.ts";
import { samplePathsOf } from "../local-site/sample-paths.ts";

/** The URL paths of the sample images. */
export const SAMPLE_PATHS = samplePathsOf(await readdir(SAMPLE_DIR, { recursive: true }));
