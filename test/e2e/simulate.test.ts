import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const MAIN = join(import.meta.dirname, "../simulation/main.ts");

interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

function start(program: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

it("npm run simulate prints one line of figures a world, and ends well when every promise was kept", async () => {
  const args = ["--kind", "quiet", "--runs", "2", "--isolates", "5", "--seed", "7"];
  const outcome = await start("npm", ["run", "--silent", "simulate", "--", ...args]);
  expect(outcome).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^Seed 7\. The bound: .+\n/), stderr: "" });
  const worlds = outcome.stdout.trimEnd().split("\n").slice(1);
  expect(worlds).toHaveLength(2);
  for (const line of worlds)
    expect(line).toMatch(/^quiet: \d+ visits to \d+ isolates, failures: .+; API calls a day: /);
});

it("--help lists all options and exit codes", async () => {
  const { exitCode, stdout, stderr } = await start(process.execPath, [MAIN, "--help"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  for (const word of [
    "--kind",
    "--runs",
    "--days",
    "--isolates",
    "--seed",
    "Exit code: 0",
    "quiet:",
    "aging:",
    "wild:",
  ])
    expect(stdout).toContain(word);
});

it.each([
  [["--kind", "calm"], "there are quiet, aging, wild, refused, odd, key-change"],
  [["--runs", "0"], "--runs must be a whole number from 1"],
  [["--days", "29"], "--days must be a whole number from 30"],
  [["--isolates", "many"], "--isolates must be a whole number"],
  [["--seed", "-1"], "--seed"],
  [["--day", "30"], "--day"],
  [["30"], "30"],
])("%j is not understood: exit code 2, and a sentence", async (args, sentence) => {
  const { exitCode, stdout, stderr } = await start(process.execPath, [MAIN, ...args]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(sentence);
  expect(stderr.trimEnd().split("\n")).toHaveLength(2);
});
