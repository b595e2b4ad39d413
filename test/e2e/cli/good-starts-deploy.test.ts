import { it } from "vitest";
import { expectGoodStart } from "../good-start.ts";
import { useDeployPlace } from "./deploy-place.ts";

const place = useDeployPlace();

it("all that npm run deploy prints for the first deploy, and its exit code", async () => {
  const outcome = await place.project.npm("deploy");
  const stdout = outcome.stdout
    .replace(/:\d+"/, ':PORT"')
    .replace(/\b[\d.]+ (?=KiB|sec|ms)/g, "# ")
    // Wrangler aligns its tables by the longest value, which the port belongs to.
    .replace(/ {2,}/g, "  ");
  await expectGoodStart("deploy", { ...outcome, stdout });
});
