import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { findFreePort } from "../local-site/ports.ts";
import { PROJECT_DIR } from "../project-dir.ts";
import { expectGoodStart, masked } from "./good-start.ts";
import { npmStart } from "./npm-start.ts";
import { npmRunSign, type Outcome } from "./run-sign.ts";

function npmRun(name: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const command = ["run", "--silent", name, "--", ...args];
    execFile("npm", command, { cwd: PROJECT_DIR, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("all that a good start prints, and its exit code", () => {
  it("npm run sign: the link on stdout, the notes on stderr", async () => {
    const outcome = await npmRunSign(["/private/cat.jpg"]);
    const stdout = outcome.stdout.replace(/sig=[\w-]{43}\b/, "sig=SIGNATURE").replace(/exp=\d{10}&/, "exp=EXPIRY&");
    await expectGoodStart("sign", { ...outcome, stdout });
  });

  it("npm start: the addresses to open, until Ctrl-C", async () => {
    const scratch = await mkdtemp(join(tmpdir(), "good-start-"));
    const [port, b2Port] = [await findFreePort(), await findFreePort()];
    const run = npmStart(["--port", String(port), "--b2-port", String(b2Port)], scratch);
    try {
      await run.ready(20_000);
      run.signal("SIGINT");
      const ended = await run.ended();
      const stdout = masked(run.stdout().replace(/password \w+/, "password PASSWORD"));
      // npm 11 ends by the signal that it was sent, older ones with the exit code of the script.
      await expectGoodStart("start", {
        exitCode: ended === "SIGINT" ? 0 : Number(ended),
        stdout,
        stderr: run.stderr(),
      });
    } finally {
      run.signal("SIGKILL");
      await rm(scratch, { recursive: true, force: true });
    }
  }, 60_000);

  it("npm run simulate: a line for each world", async () => {
    const args = ["--kind", "quiet", "--runs", "2", "--isolates", "5", "--seed", "7"];
    const outcome = await npmRun("simulate", args);
    await expectGoodStart("simulate", { ...outcome, stdout: masked(outcome.stdout) });
  }, 60_000);

  it("npm run soak -- --quick: how the requests ended", async () => {
    const outcome = await npmRun("soak", ["--quick", "--seconds", "3"]);
    // Which outcomes and faults there are depends on the machine.
    const stdout = masked(outcome.stdout).replace(/(?:^ # .*\n)+/gm, "COUNTS\n");
    await expectGoodStart("soak", { ...outcome, stdout });
  }, 120_000);

  it("npm run bench: the table on stdout, its progress on stderr", async () => {
    const args = ["--quick", "--rounds", "1", "--seconds-per-slice", "0.05", "--sizes", "0"];
    const outcome = await npmRun("bench", args);
    const stdout = masked(outcome.stdout)
      // A busy machine, and one that is slow, are good starts too.
      .replace(/^- Target .*: (?:#, (?:met|MISSED)|not measured)\.$/gm, "- TARGET")
      .replace(/^\*\*The machine was too noisy to judge:\*\*.*\n\n/m, "")
      .replace(", of which # were thrown away because other programs were busy", "");
    await expectGoodStart("bench", { ...outcome, stdout, stderr: masked(outcome.stderr) });
  }, 180_000);
});
