import { type MintSettings, mint } from "../../../src/token/mint.ts";
import { MintError } from "../../../src/token/mint-error.ts";

/** The error of a mint that must fail. */
export async function failureOf(settings: MintSettings): Promise<MintError> {
  const failure = await mint(settings).then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (!(failure instanceof MintError)) throw new Error(`not a MintError: ${String(failure)}`);
  return failure;
}
