import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse } from "@decimalturn/toml-patch";
import { describe, expect, it } from "vitest";
import { NO_SECRETS, PLAIN_VARIABLES, readLocalSettings, SECRETS } from "../../../src/cli/local-settings.ts";
import { readConfig } from "../../../src/cli/wrangler-config.ts";
import { PROJECT_DIR } from "../../project-dir.ts";
import { createScratchProject } from "./scratch-project.ts";

const CONFIG = read("wrangler.toml");
const EXAMPLE = read(".dev.vars.example");
const PACKAGE = JSON.parse(read("package.json"));
/** The lines under `[vars]`, each a variable with its default, or an example where there is none. */
const LINES = (/^\[vars\]\n((?:#.*\n)+)/m.exec(CONFIG)?.[1] ?? "").trimEnd().split("\n");

/** Where owners read what to write and to run. */
const OWNERS_DOCUMENTS = [
  "README.md",
  ...readdirSync(join(PROJECT_DIR, ".github/docs")).map((file) => `.github/docs/${file}`),
];

describe("[vars] of wrangler.toml", () => {
  it("has a line for every variable, in the order of the settings", () => {
    // Presets are a table, and stand beside the binding that they need.
    expect(CONFIG).toMatch(/^# \[vars\.IMAGE_PRESETS\]$/m);
    const lines = PLAIN_VARIABLES.filter((name) => name !== "IMAGE_PRESETS");
    expect(LINES.map((line) => /^# (\w+) = /.exec(line)?.[1])).toEqual(lines);
  });

  it.each(LINES)("says the default, or that there is none: %s", (line) => {
    const text = line.replace(/^# /, "");
    const reading = readLocalSettings(variablesOf(text), NO_SECRETS);
    expect(reading.kind).toBe("settings");
    const isDefault = JSON.stringify(reading) === JSON.stringify(readLocalSettings({}, NO_SECRETS));
    expect(isDefault).toBe(!/# .*no default:/.test(line.slice(2)));
  });

  it("goes on with presets when their lines are opened too", async () => {
    const [block = ""] = /^# \[images\]\n(?:#.*\n)+/m.exec(CONFIG) ?? [];
    const project = createScratchProject();
    project.write("wrangler.toml", CONFIG.replace(block, block.replace(/^# /gm, "")));
    const { variables } = readConfig(undefined, join(project.folder, "wrangler.toml"));
    const reading = readLocalSettings(variables, NO_SECRETS);
    expect(reading.kind === "settings" && [...reading.settings.presets.keys()]).toEqual(["thumb", "card"]);
    await project.remove();
  });

  it("can have every line at once", () => {
    const reading = readLocalSettings(variablesOf(LINES.map((line) => line.replace(/^# /, "")).join("\n")), NO_SECRETS);
    expect(reading.kind).toBe("settings");
  });
});

describe.each(OWNERS_DOCUMENTS)("%s", (document) => {
  const text = read(document);
  const snippets = [...text.matchAll(/^ *```toml\n(.*?)^ *```/gms)].map(([, snippet = ""]) => snippet.trim());

  it("has lines for [vars] that can be pasted one after the other", () => {
    const lines = new Set(snippets.filter((snippet) => !snippet.startsWith("[")).flatMap((s) => s.split("\n")));
    const secrets = { ...NO_SECRETS, URL_SIGNING_KEYS: "k1:0123456789abcdef0123456789abcdef" };
    const reading = readLocalSettings(variablesOf([...lines].join("\n")), secrets);
    expect(reading).toMatchObject({ kind: "settings", warnings: [] });
  });

  it("names only commands that there are", () => {
    const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    for (const name of scripts) expect(Object.keys(PACKAGE.scripts)).toContain(name);
  });
});

describe("the Deploy button", () => {
  it("asks for just the two needed secrets, which are empty, and knows the optional ones as comments", () => {
    expect(parseEnv(EXAMPLE)).toEqual({ B2_APPLICATION_KEY_ID: "", B2_APPLICATION_KEY: "" });
    const commented = [...EXAMPLE.matchAll(/^# ([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(["B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY", ...commented]).toEqual(SECRETS);
  });

  it("describes each secret", () => {
    expect(Object.keys(PACKAGE.cloudflare.bindings)).toEqual(SECRETS);
    for (const { description } of Object.values<{ description: string }>(PACKAGE.cloudflare.bindings))
      expect(description).toMatch(/^[A-Z].{20,}\.$/);
  });
});

function variablesOf(text: string): Record<string, unknown> {
  return parse(`[vars]\n${text}\n`).vars;
}

function read(file: string): string {
  return readFileSync(join(PROJECT_DIR, file), "utf8");
}
