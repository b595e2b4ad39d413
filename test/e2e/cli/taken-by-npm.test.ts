import { expect, it } from "vitest";
import { refuseTakenByNpm } from "../../../src/cli/command.ts";

const OPTIONS = {
  "private-path": { type: "string" },
  deploy: { type: "boolean" },
  prefix: { type: "string" },
  yes: { type: "boolean" },
} as const;

it.each([
  ["an option with a hyphen", { npm_config_private_path: "a/b" }, "npm took --private-path for itself"],
  ["an option that was negated", { npm_config_deploy: "" }, "npm took --no-deploy for itself"],
  ["an option without its value", { npm_config_private_path: "" }, "npm took --private-path for itself"],
])("%s before the two dashes is refused", (_, taken, sentence) => {
  expect(() => refuseTakenByNpm("setup", OPTIONS, { npm_lifecycle_event: "setup", ...taken })).toThrow(sentence);
});

it.each([
  ["what npm always sets", { npm_lifecycle_event: "setup", npm_config_prefix: "/usr", npm_config_yes: "" }],
  ["what another command was given, which runs this one", { npm_lifecycle_event: "deploy", npm_config_deploy: "" }],
  ["a run without npm", { npm_config_deploy: "true" }],
])("%s is not refused", (_, env) => {
  expect(() => refuseTakenByNpm("setup", OPTIONS, env)).not.toThrow();
});
