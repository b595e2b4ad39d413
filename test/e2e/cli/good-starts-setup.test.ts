import { it } from "vitest";
import { expectGoodStart } from "../good-start.ts";
import { ALL, IN_SHELL, setup, useSetupPlace } from "./setup-place.ts";

const place = useSetupPlace();

it("all that npm run setup prints when its options say everything, and its exit code", async () => {
  await expectGoodStart("setup", await setup(place, ALL, IN_SHELL));
});
