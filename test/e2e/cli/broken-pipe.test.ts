import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { PROJECT_DIR } from "../../project-dir.ts";
import { NODE_ARGUMENTS } from "../node-arguments.ts";

it("a command whose output nobody reads on, as behind «| head», ends without a word", async () => {
  const script = join(PROJECT_DIR, "src/cli/doctor.ts");
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, script, "--help"]);
  child.stdout.destroy();
  const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
  expect({ stderr, exitCode: child.exitCode }).toEqual({ stderr: "", exitCode: 141 });
});
