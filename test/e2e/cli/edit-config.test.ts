import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@decimalturn/toml-patch";
import { describe, expect, it } from "vitest";
import { editConfig } from "../../../src/cli/setup/edit-config.ts";
import { PROJECT_DIR } from "../../project-dir.ts";

const OURS = readFileSync(join(PROJECT_DIR, "wrangler.toml"), "utf8");
const SMALL = 'name = "a" # the Worker\nworkers_dev = true\n';
const CHANGE = { workerName: "a", domain: "i.example.com", variables: { A: "1" } };
const SAME = { workerName: "a", domain: undefined, variables: {} };

describe("editConfig of our own wrangler.toml", () => {
  it("opens the examples in their places, and keeps every other line", () => {
    const variables = { B2_BUCKET_NAME: "images", B2_FILE_NAME_PREFIX: 'a "b" \\ é/' };
    const edited = editConfig(OURS, { workerName: "b2-image-worker", domain: "image.example.org", variables });
    expect(parse(edited)).toEqual({
      ...parse(OURS),
      workers_dev: false,
      routes: [{ pattern: "image.example.org", custom_domain: true }],
      vars: variables,
    });
    expect(edited.split("\n").map(withoutHash)).toEqual(
      OURS.replace("workers_dev = true", "workers_dev = false")
        .replace("image.example.com", "image.example.org")
        .split("\n")
        .map(withoutHash)
        .map((line) =>
          line.startsWith("B2_BUCKET_NAME") || line.startsWith("B2_FILE_NAME_PREFIX") ? expect.any(String) : line,
        ),
    );
    expect(edited).toMatch(/^B2_BUCKET_NAME = "images" +# which bucket; no default: the key's only one$/m);
  });

  it("changes nothing when all is said already", () => {
    const change = {
      workerName: "b2-image-worker",
      domain: "image.example.org",
      variables: { B2_BUCKET_NAME: "images" },
    };
    const edited = editConfig(OURS, change);
    expect(editConfig(edited, change)).toBe(edited);
  });

  it("leaves the example of a second environment alone", () => {
    const edited = editConfig(OURS, {
      workerName: "x",
      domain: "i.example.com",
      variables: { B2_BUCKET_NAME: "images" },
    });
    const [, before] = OURS.split("# A second bucket");
    const [, after] = edited.split("# A second bucket");
    expect(after).toBe(before);
  });
});

describe("editConfig of another one", () => {
  it.each<[string, string, Partial<Parameters<typeof editConfig>[1]>, string]>([
    ["adds [vars] at the end", SMALL, { variables: { A: "1" } }, `${SMALL}\n[vars]\nA = "1"\n`],
    [
      "adds a variable under [vars]",
      `${SMALL}[vars] # all\nB = 2 # two\n`,
      { variables: { A: "1" } },
      `${SMALL}[vars] # all\nA = "1"\nB = 2 # two\n`,
    ],
    [
      "changes a value beside its comment",
      `${SMALL}[vars]\nA = "0" # one\n# the end\n`,
      { variables: { A: "1" } },
      `${SMALL}[vars]\nA = "1" # one\n# the end\n`,
    ],
    [
      "adds a domain",
      SMALL,
      { domain: "i.example.com" },
      `${SMALL.replace("true", "false")}\n[[routes]]\npattern = "i.example.com"\ncustom_domain = true\n`,
    ],
    [
      "changes the domain in a list",
      `${SMALL}routes = [{ pattern = "a.example", custom_domain = true }] # ours\n`,
      { domain: "b.example" },
      `${SMALL.replace("true", "false")}routes = [{ pattern = "b.example", custom_domain = true }] # ours\n`,
    ],
    [
      "keeps a route of another kind",
      `${SMALL}[[routes]]\npattern = "a.example/*"\nzone_name = "a.example"\n[[routes]]\npattern = "b.example"\ncustom_domain = true\n`,
      { domain: "c.example" },
      `${SMALL.replace("true", "false")}[[routes]]\npattern = "a.example/*"\nzone_name = "a.example"\n[[routes]]\npattern = "c.example"\ncustom_domain = true\n`,
    ],
    ["changes the name beside its comment", SMALL, { workerName: "b" }, SMALL.replace('"a"', '"b"')],
    [
      "keeps the line ends of Windows",
      SMALL.replaceAll("\n", "\r\n"),
      { workerName: "b" },
      SMALL.replace('"a"', '"b"').replaceAll("\n", "\r\n"),
    ],
  ])("%s", (_, text, change, expected) => {
    expect(editConfig(text, { ...SAME, ...change })).toBe(expected);
  });

  it.each<[string, string]>([
    ["a name in a table of dots", `${SMALL}vars.A = "0"\n`],
    ["a table within a line", `${SMALL}vars = { A = "0" } # all\n`],
    ["a list of routes without any", `${SMALL}routes = [ # none yet\n]\n`],
    ["a comment like a table", `${SMALL}# [vars]\n# A = "0"\n`],
    ["a route that is no domain", `${SMALL}[[routes]]\npattern = "a.example/*"\n# next\n[x]\ny = 1\n`],
  ])("adds to %s", (_, text) => {
    const result = editConfig(text, CHANGE);
    const routes = [...(parse(text).routes ?? []), { pattern: "i.example.com", custom_domain: true }];
    expect(parse(result)).toEqual({ ...parse(text), workers_dev: false, routes, vars: { A: "1" } });
    for (const [comment] of text.matchAll(/#.*/g)) expect(result).toContain(comment);
  });

  it.each<[string, string]>([
    ["what looks like a comment within a text", `${SMALL}[vars]\nA = """x\ny # no comment\n"""\n`],
    ["the one route of an older form", `route = "a.example/*"\n${SMALL}`],
  ])("gives up before it loses anything, and says what to write by hand: %s", (_, text) => {
    expect(() => editConfig(text, CHANGE)).toThrow(
      'Write by hand: name = "a"; workers_dev = false, and [[routes]] with pattern = "i.example.com"; A = "1" in [vars].',
    );
  });
});

function withoutHash(line: string): string {
  return line.replace(/^# /, "");
}
