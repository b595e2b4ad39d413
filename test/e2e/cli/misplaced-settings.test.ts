import { parse } from "@decimalturn/toml-patch";
import { expect, it } from "vitest";
import { misplacedSettings } from "../../../src/cli/misplaced-settings.ts";

it.each([
  [
    "at the end of the file",
    '[observability.logs]\nenabled = true\nPRIVATE_PREFIXES = "private"',
    "PRIVATE_PREFIXES stands in [observability.logs], where it has no effect: move it under [vars].",
  ],
  [
    "above all tables",
    'ALLOWED_REFERERS = "example.com"\n[vars]',
    "ALLOWED_REFERERS stands above the first [table], where it has no effect: move it under [vars].",
  ],
  [
    "in a list of tables",
    '[[ratelimits]]\nname = "X"\nEDGE_MAX_AGE_SECONDS = 60',
    "EDGE_MAX_AGE_SECONDS stands in [ratelimits], where it has no effect: move it under [vars].",
  ],
  [
    "among the presets",
    '[vars.IMAGE_PRESETS]\nthumb = { width = 320 }\nPRIVATE_PREFIXES = "private"',
    "PRIVATE_PREFIXES stands in [vars.IMAGE_PRESETS], where it has no effect: move it under [vars].",
  ],
  [
    "in an environment",
    '[env.second]\nPRIVATE_PREFIXES = "private"',
    "PRIVATE_PREFIXES stands in [env.second], where it has no effect: move it under [env.second.vars].",
  ],
  [
    "with a secret in it",
    '[cache]\nOPERATOR_TOKEN = "x"',
    "OPERATOR_TOKEN stands in [cache], where it has no effect: write it into the file of secrets.",
  ],
])("a setting %s is out of place", (_, toml, sentence) => {
  expect(misplacedSettings(parse(toml))).toEqual([sentence]);
});

it("settings under [vars] and [env.NAME.vars] are in place", () => {
  const toml = `[vars]
PRIVATE_PREFIXES = "private"
IMAGE_PRESETS = { thumb = { width = 320 } }
[env.second.vars]
PRIVATE_PREFIXES = "private"
[secrets]
required = ["B2_APPLICATION_KEY"]`;
  expect(misplacedSettings(parse(toml))).toEqual([]);
});
