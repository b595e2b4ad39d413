import { expect, it } from "vitest";
import { readDeployArguments } from "../../../src/cli/deploy/deploy-arguments.ts";
import { readDoctorArguments } from "../../../src/cli/doctor/doctor-arguments.ts";
import { readSetupArguments } from "../../../src/cli/setup/setup-arguments.ts";
import { sign } from "../run-sign.ts";

it.each([
  ["setup", readSetupArguments],
  ["deploy", (args: string[]) => readDeployArguments(args, {})],
  ["doctor", readDoctorArguments],
])("%s takes -h as --help", (_, read) => {
  expect(read(["-h"]).help).toBe(true);
});

it("sign takes -h as --help", async () => {
  const { exitCode, stdout } = await sign(["-h"]);
  expect([exitCode, stdout.split("\n")[0]]).toEqual([0, expect.stringContaining("npm run sign")]);
});
