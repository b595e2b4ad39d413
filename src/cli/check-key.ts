import { type Account, authorizeAccount, type Credentials, listBuckets } from "../b2/api.ts";
import { mightyRights, narrowKeyCommand } from "../b2/application-key.ts";
import { B2Error } from "../b2/error.ts";
import { KEY_ENDS_SOON_MS } from "../rotation/due-alerts.ts";
import type { Settings } from "../settings.ts";
import { type Minted, type MintSettings, mint } from "../token/mint.ts";
import { BucketChoiceError, MintError } from "../token/mint-error.ts";
import { type Finding, note, ok, unknown, wrong } from "./finding.ts";
import { clockFault, explainNetworkFault, reach } from "./reach.ts";

export type Authorized = { kind: "account"; account: Account } | { kind: "refused"; finding: Finding };

/** Checks that B2 answers, and that this machine's clock is right, with one request that B2 does not count. */
export async function checkB2({ apiUrl }: { apiUrl: string }): Promise<Finding> {
  const answer = await reach(apiUrl);
  if (answer.kind === "unreachable") return wrong("b2", answer.text, answer.advice);
  const fault = clockFault(answer.clockAheadMs);
  if (fault !== undefined) return wrong("clock", fault.text, fault.advice);
  return ok("b2", "B2 answers, and the clock of this machine is right.");
}

/** Asks B2 what a key may do. When B2 refuses the key, the finding says why. */
export async function authorize(key: Credentials & { apiUrl: string }): Promise<Authorized> {
  try {
    return { kind: "account", account: await authorizeAccount(key.apiUrl, key) };
  } catch (error) {
    if (!(error instanceof B2Error)) throw error;
    return { kind: "refused", finding: explainRefusal(error, key) };
  }
}

export interface MintTrial {
  findings: Finding[];
  minted?: Minted;
}

/** Gets a download token and tries it, as the Worker does. Publishes nothing. */
export async function tryMint(settings: MintSettings & ListSettings): Promise<MintTrial> {
  try {
    const minted = await mint(settings);
    return { findings: [findingOfTrial(minted, settings)], minted };
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    return { findings: [wrong("key", `B2 gives no download token (${error.step}).`, adviceOf(error, settings))] };
  }
}

/** The advice after a failed mint. On the owner's own terminal it names the buckets. */
function adviceOf(error: MintError, { bucketName }: MintSettings): string {
  if (!(error instanceof BucketChoiceError)) return error.advice;
  const reached = error.reached.join(", ");
  return bucketName === undefined
    ? `The key reaches several buckets: ${reached}. Set B2_BUCKET_NAME to the one to serve.`
    : `The key does not reach the bucket ${bucketName}; it reaches: ${reached}. Change B2_BUCKET_NAME or the key.`;
}

/** The settings that need more rights than downloads do. */
type ListSettings = Pick<Settings, "listedPrefixes">;

/** Reviews a key that works: rights that it lacks or does not need, its end, and whether its bucket is public. */
export async function reviewKey(account: Account, { token }: Minted, settings: ListSettings): Promise<Finding[]> {
  const canList = settings.listedPrefixes.length === 0 || account.capabilities.includes("listFiles");
  const place = { ...token, listedPrefixes: settings.listedPrefixes };
  const cannotList = note(
    "rights",
    "The key may not list files, so no folder of LISTED_PREFIXES is shown.",
    `One that may: ${commandFor(place)}`,
  );
  const rights = reviewRights(account, place);
  const bucket = await reviewBucket(account, token.bucketName);
  return [...(canList ? [] : [cannotList]), rights, ...reviewEnd(account, commandFor(place)), bucket];
}

/** Reports when a key expires: no token is valid for longer, so the site goes down with its key. What is soon is `degraded` in the site's health too. */
function reviewEnd({ keyExpiresAt }: Account, command: string): Finding[] {
  if (keyExpiresAt === undefined) return [];
  const [day, time = ""] = new Date(keyExpiresAt).toISOString().split("T");
  const isSoon = keyExpiresAt - Date.now() < KEY_ENDS_SOON_MS;
  const end = isSoon ? `${day} at ${time.slice(0, 5)} UTC` : day;
  const text = `The key expires on ${end}, and no picture is fetched after that.`;
  return [(isSoon ? wrong : note)("key-end", text, `One that does not expire: ${command}`)];
}

/** The command that makes a key with exactly the rights that the settings need. */
function commandFor({ listedPrefixes, ...place }: KeyPlace): string {
  return narrowKeyCommand(place, listedPrefixes.length === 0 ? [] : ["listFiles"]);
}

interface KeyPlace extends ListSettings {
  bucketName: string;
  fileNamePrefix: string;
}

function explainRefusal(
  error: B2Error,
  { applicationKeyId, apiUrl }: { applicationKeyId: string; apiUrl: string },
): Finding {
  if (error.code === "unauthorized" || error.code === "bad-request") {
    return wrong(
      "key",
      `B2 refuses the key with the id ${applicationKeyId}.`,
      "The id or the key is mistyped, or the key was deleted or has expired. A key is shown once, when it is made.",
    );
  }
  if (error.code === "unreachable") {
    const { text, advice } = explainNetworkFault(error, new URL(apiUrl).hostname);
    return wrong("b2", text, advice);
  }
  return wrong("b2", `B2 does not answer as it should (${error.message}).`, "Try again in a few minutes.");
}

function findingOfTrial(
  { token, trial }: Minted,
  { applicationKeyId, listedPrefixes }: MintSettings & ListSettings,
): Finding {
  const under = token.fileNamePrefix === "" ? "" : `, names that begin with ${token.fileNamePrefix}`;
  const what = `Key id ${applicationKeyId}, bucket ${token.bucketName}${under}`;
  switch (trial.kind) {
    case "accepted":
      return ok("key", `${what}: B2 gave a download token and accepts it.`);
    case "refused":
      return wrong(
        "key",
        `${what}: B2 gave a download token and refuses it.`,
        `Does the key have readFiles? Make one with: ${commandFor({ ...token, listedPrefixes })}`,
      );
    case "unclear":
      return note(
        "key",
        `${what}: B2 gave a download token, but could not be asked with it (${trial.fault.message}).`,
        "Try again.",
      );
  }
}

function reviewRights({ buckets, capabilities }: Account, place: KeyPlace): Finding {
  const mighty = mightyRights({ capabilities });
  const wide = [
    ...(mighty.length === 0 ? [] : [`has ${mighty.join(", ")}`]),
    ...(buckets === null ? ["reaches every bucket"] : buckets.length > 1 ? [`reaches ${buckets.length} buckets`] : []),
  ];
  if (wide.length === 0) return ok("rights", `The key can do no harm: ${capabilities.join(", ")}.`);
  return note("rights", `The key ${wide.join(" and ")}, more than is needed.`, `Narrower: ${commandFor(place)}`);
}

async function reviewBucket(account: Account, bucketName: string): Promise<Finding> {
  const unseen = unknown("bucket", "Whether the bucket is public cannot be seen with this key.");
  if (!account.capabilities.includes("listBuckets")) return unseen;
  try {
    const bucket = (await listBuckets(account, bucketName)).find(({ name }) => name === bucketName);
    if (bucket?.type === "allPrivate") return ok("bucket", `The bucket ${bucketName} is private.`);
    if (bucket?.type !== "allPublic") return unseen;
    return note(
      "bucket",
      `The bucket ${bucketName} is public: everybody can download its files from B2, past every check of the Worker.`,
      `Make it private: b2 bucket update ${bucketName} allPrivate`,
    );
  } catch (error) {
    if (error instanceof B2Error) return unseen;
    throw error;
  }
}
