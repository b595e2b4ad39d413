import { type Account, authorizeAccount, type Credentials, findBucketId, getDownloadAuthorization } from "../b2/api.ts";
import { type KeyFacts, narrowKeyCommand } from "../b2/application-key.ts";
import { B2Error } from "../b2/error.ts";
import { faultAdvice } from "../b2/fault-advice.ts";
import { tryDownload } from "../b2/trial.ts";
import type { DownloadToken } from "./download-token.ts";
import { BucketChoiceError, MintError, type MintStep } from "./mint-error.ts";

export interface MintSettings extends Credentials {
  apiUrl: string;
  bucketName: string | undefined;
  fileNamePrefix: string;
  tokenValidSeconds: number;
}

/**
 * How B2 answered when the new token was tried: `refused` is 401 twice. `unclear` (403, 429, 5xx, no answer) does not count
 * against the token, since B2's API has just issued it.
 */
export type Trial = { kind: "accepted" } | { kind: "refused" } | { kind: "unclear"; fault: B2Error };

export interface Minted {
  token: DownloadToken;
  trial: Trial;
  /** The application key that the token was minted with. */
  key: KeyFacts;
}

/** All of B2 may need a moment to learn of a new token, so a refused one is tried again after this time. */
const SECOND_TRIAL_AFTER_MS = 500;
const TRIAL_TIMEOUT_MS = 5_000;

/** Gets a new download token: authorize → bucket → rights → download authorization → trial. Publishes nothing. Throws `MintError`. */
export async function mint(settings: MintSettings): Promise<Minted> {
  const account = await step("authorize", AUTHORIZE_ADVICE, () => authorizeAccount(settings.apiUrl, settings));
  const bucket = await chooseBucket(account, settings);
  requireRights(account, { bucketName: bucket.name, fileNamePrefix: settings.fileNamePrefix });
  const issuedAt = Date.now();
  const validSeconds = validSecondsOf(account, settings, issuedAt);
  const text = await step("download-authorization", keyAdvice(settings, bucket.name), () =>
    getDownloadAuthorization(account, {
      bucketId: bucket.id,
      fileNamePrefix: settings.fileNamePrefix,
      validDurationInSeconds: validSeconds,
    }),
  );
  const token: DownloadToken = {
    token: text,
    downloadUrl: account.downloadUrl,
    bucketId: bucket.id,
    bucketName: bucket.name,
    fileNamePrefix: settings.fileNamePrefix,
    applicationKeyId: settings.applicationKeyId,
    issuedAt,
    expiresAt: issuedAt + validSeconds * 1000,
    keyExpiresAt: account.keyExpiresAt,
  };
  return { token, trial: await tryTwice(token), key: factsOf(account) };
}

/** Leaves out the account token, which nobody needs after the mint. */
function factsOf({ buckets, capabilities, keyExpiresAt }: Account): KeyFacts {
  return { buckets, capabilities, keyExpiresAt };
}

/** B2 does not document whether a token outlives its key, so no token is kept for longer than its key is valid. */
function validSecondsOf({ keyExpiresAt }: Account, { tokenValidSeconds }: MintSettings, now: number): number {
  if (keyExpiresAt === undefined) return tokenValidSeconds;
  return Math.max(1, Math.min(tokenValidSeconds, Math.floor((keyExpiresAt - now) / 1000)));
}

const AUTHORIZE_ADVICE =
  "Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY: the key may be mistyped, deleted or expired.";

function keyAdvice({ fileNamePrefix }: { fileNamePrefix: string }, bucketName: string): string {
  return `Make a key with: ${narrowKeyCommand({ bucketName, fileNamePrefix })}`;
}

async function chooseBucket(account: Account, settings: MintSettings): Promise<{ id: string; name: string }> {
  const { bucketName } = settings;
  if (account.buckets === null) return await findBucket(account, settings);
  const alive = account.buckets.flatMap(({ id, name }) => (name === null ? [] : [{ id, name }]));
  if (alive.length === 0)
    throw new MintError("bucket", "The key's bucket was deleted. Make a key for a bucket that exists.");
  const reached = alive.map(({ name }) => name);
  if (bucketName === undefined) {
    const [only, second] = alive;
    if (only !== undefined && second === undefined) return only;
    throw new BucketChoiceError("The key reaches several buckets. Set B2_BUCKET_NAME to the one to serve.", reached);
  }
  const chosen = alive.find(({ name }) => name === bucketName);
  if (chosen !== undefined) return chosen;
  throw new BucketChoiceError(
    "The key does not reach the bucket of B2_BUCKET_NAME. Change the name or the key.",
    reached,
  );
}

/** A key that reaches every bucket lists none, so the bucket's id is looked up by its name. */
async function findBucket(account: Account, settings: MintSettings): Promise<{ id: string; name: string }> {
  const { bucketName } = settings;
  if (bucketName === undefined) {
    throw new MintError(
      "bucket",
      "The key reaches every bucket. Set B2_BUCKET_NAME, or better, make a key for one bucket.",
    );
  }
  if (!account.capabilities.includes("listBuckets")) {
    throw new MintError("bucket", `The key may not list buckets. ${keyAdvice(settings, bucketName)}`);
  }
  const id = await step("bucket", keyAdvice(settings, bucketName), () => findBucketId(account, bucketName));
  if (id === undefined) throw new MintError("bucket", "There is no bucket with the name in B2_BUCKET_NAME.");
  return { id, name: bucketName };
}

function requireRights(
  { capabilities, namePrefix }: Account,
  { bucketName, fileNamePrefix }: { bucketName: string; fileNamePrefix: string },
): void {
  if (!capabilities.includes("shareFiles")) {
    throw new MintError("rights", `The key lacks shareFiles. ${keyAdvice({ fileNamePrefix }, bucketName)}`);
  }
  if (namePrefix !== null && !fileNamePrefix.startsWith(namePrefix)) {
    throw new MintError(
      "rights",
      `The key reaches only names that begin with ${namePrefix}: set B2_FILE_NAME_PREFIX to that, or to more of it.`,
    );
  }
}

async function step<T>(name: MintStep, advice: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof B2Error)) throw error;
    throw new MintError(name, faultAdvice(error, advice) ?? "B2 has a fault. The Worker tries again later.", error);
  }
}

async function tryTwice(token: DownloadToken): Promise<Trial> {
  const first = await tryOnce(token);
  if (first.kind !== "refused") return first;
  await new Promise((resolve) => setTimeout(resolve, SECOND_TRIAL_AFTER_MS));
  return await tryOnce(token);
}

async function tryOnce(token: DownloadToken): Promise<Trial> {
  try {
    await tryDownload(token, TRIAL_TIMEOUT_MS);
    return { kind: "accepted" };
  } catch (error) {
    if (!(error instanceof B2Error)) throw error;
    return error.code === "unauthorized" ? { kind: "refused" } : { kind: "unclear", fault: error };
  }
}
