import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@decimalturn/toml-patch";
import { expect, it } from "vitest";
import { readLocalSettings } from "../../src/cli/local-settings.ts";
import { withPresets } from "../local-site/config-copy.ts";
import { LOCAL_VARIABLES, makeLocalSecrets } from "../local-site/own-values.ts";
import { PROJECT_DIR } from "../project-dir.ts";

const CONFIG = readFileSync(join(PROJECT_DIR, "wrangler.toml"), "utf8");
const KEY = { B2_APPLICATION_KEY_ID: "local-key-id", B2_APPLICATION_KEY: "local-key" };

it("npm start switches both presets of wrangler.toml on", () => {
  const { images, vars } = parse(withPresets(CONFIG));
  expect({ images, presets: Object.keys(vars.IMAGE_PRESETS) }).toEqual({
    images: { binding: "IMAGES" },
    presets: ["thumb", "card"],
  });
});

it("npm start keeps presets that are on already, whichever they are", () => {
  const own = `${withPresets(CONFIG).replace(/^card = .*$/m, "# card = { width = 640 }")}`;
  expect(withPresets(own)).toBe(own);
});

it("npm start has its own bucket, no prefix and a signing key, whatever wrangler.toml says", () => {
  const owners = { B2_BUCKET_NAME: "their-bucket", B2_FILE_NAME_PREFIX: "photos/", PRIVATE_PREFIXES: "private" };
  const reading = readLocalSettings({ ...owners, ...LOCAL_VARIABLES }, { ...KEY, ...makeLocalSecrets() });
  expect(reading).toMatchObject({ kind: "settings", settings: { bucketName: "images", fileNamePrefix: "" } });
});
