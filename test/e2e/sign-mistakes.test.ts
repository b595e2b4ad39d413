import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { npmRunSign, type Outcome, type Place, SECRET, sign } from "./run-sign.ts";

const TYPICAL = ["/private/cat.jpg"];

describe("npm run sign says in one sentence what is wrong", () => {
  it.each<[string, string[], string]>([
    ["no path", [], "One path is needed"],
    ["two paths, as of a name with a space", ["/private/red", "cat.jpg"], "in quotes"],
    ["a preset of a folder", ["/private/", "--preset", "thumb"], "--preset is for a link to one file"],
    ["a folder that ends twice", ["/private//"], "empty segment"],
    ["a whole address", ["https://image.example.com/private/cat.jpg"], "--base-url"],
    ["B2's own form of a link", ["/file/images/private/cat.jpg"], "without /file/BUCKET"],
    ["two slashes", ["/private//cat.jpg"], "empty segment"],
    ["dots", ["/private/../cat.jpg"], "only dots"],
    ["a control character", ["/private/a\nb.jpg"], "control character"],
    ["a name that is too long", [`/private/${"x".repeat(251)}`], "longer than 250 bytes"],
    ["a time without a unit", [...TYPICAL, "--expires", "60"], "such as 90s"],
    ["a time that is over", [...TYPICAL, "--expires", "0s"], "such as 90s"],
    ["a negative time", [...TYPICAL, "--expires", "-1h"], "--help"],
    ["a time that is too long", [...TYPICAL, "--expires", "367d"], "366d"],
    ["no time", [...TYPICAL, "--expires"], "--help"],
    ["a site without a scheme", [...TYPICAL, "--base-url", "image.example.com"], "such as https://image.example.com"],
    ["a site with a path", [...TYPICAL, "--base-url", "https://image.example.com/x"], "without a path"],
    ["a site with a query", [...TYPICAL, "--base-url", "https://image.example.com?x"], "without a path"],
    ["a site with a user", [...TYPICAL, "--base-url", "https://me@image.example.com"], "without a path"],
    ["a site of another scheme", [...TYPICAL, "--base-url", "ftp://image.example.com"], "such as https:"],
    ["an unknown option", [...TYPICAL, "--expire", "1h"], "--expire"],
  ])("%s", async (_, args, sentence) => {
    expectOneSentence(await sign(args), sentence);
  });

  it.each<[string, Place, string]>([
    ["no keys", { keys: undefined }, "URL_SIGNING_KEYS is not set"],
    ["empty keys", { keys: "" }, "URL_SIGNING_KEYS is not set"],
    ["a secret without an id", { keys: SECRET }, "id:secret"],
    ["a secret that is too short", { keys: "k1:shortsecret" }, "16 characters"],
    ["a secret with a comma", { keys: `k1:${SECRET}, and more` }, "no comma"],
    ["an id that came twice", { keys: `k1:${SECRET},k1:${SECRET}` }, "each id once"],
  ])("%s", async (_, place, sentence) => {
    expectOneSentence(await sign(TYPICAL, { ...place, cwd: tmpdir() }), sentence);
  });

  it("through npm too, with exit code 1", async () => {
    expectOneSentence(await npmRunSign(["/private//"]), "empty segment");
  });

  function expectOneSentence({ exitCode, stdout, stderr }: Outcome, sentence: string): void {
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(sentence);
    const lines = stderr.trimEnd().split("\n");
    // The path itself may have a line break.
    expect(lines.length).toBeLessThanOrEqual(sentence === "control character" ? 2 : 1);
    expect(stderr).not.toMatch(/\bat .*:\d+|node:internal|of these tests|shortsecret/);
  }
});

it("npm run sign -- --help tells all options", async () => {
  const { exitCode, stdout } = await npmRunSign(["--help"], {});
  expect(exitCode).toBe(0);
  for (const option of ["PATH", "--expires", "--base-url", "--preset", "URL_SIGNING_KEYS"])
    expect(stdout).toContain(option);
});
