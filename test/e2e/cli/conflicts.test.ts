import { expect, it } from "vitest";
import { namesOfSecrets } from "../../../src/cli/deploy/conflicts.ts";

const LIST = `[
  {
    "name": "B2_APPLICATION_KEY_ID",
    "type": "secret_text"
  },
  {
    "name": "OPERATOR_TOKEN",
    "type": "secret_text"
  }
]
`;
const NOTICE = "There is a newer version of Wrangler available (current: 4.156.2, latest: 4.164.0).\n";

it.each([
  ["as it is", LIST, ["B2_APPLICATION_KEY_ID", "OPERATOR_TOKEN"]],
  ["with a notice after it", LIST + NOTICE, ["B2_APPLICATION_KEY_ID", "OPERATOR_TOKEN"]],
  ["with a notice before it", NOTICE + LIST, ["B2_APPLICATION_KEY_ID", "OPERATOR_TOKEN"]],
  ["without a secret", "[]\n", []],
  ["that is none", NOTICE, []],
])("a Worker's secrets are read from Wrangler's list %s", (_, stdout, names) => {
  expect(namesOfSecrets(stdout)).toEqual(names);
});
