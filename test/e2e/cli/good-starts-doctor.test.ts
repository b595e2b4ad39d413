import { it } from "vitest";
import { expectGoodStart } from "../good-start.ts";
import { useDoctorPlace } from "./doctor-place.ts";

const place = useDoctorPlace();

it("all that npm run doctor prints for a good site, and its exit code", async () => {
  const outcome = await place.project.npm("doctor", ["--url", place.front.url]);
  await expectGoodStart("doctor", { ...outcome, stdout: outcome.stdout.replace(place.front.url, "ADDRESS") });
});
