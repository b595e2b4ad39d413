/** The month's free transformations are used up. Cloudflare's pages disagree about the code. */
const QUOTA_CODES: ReadonlySet<number> = new Set([9422, 9423]);
/** The image or the recipe is always refused. */
const LASTING_CODES: ReadonlySet<number> = new Set([9401, 9412, 9413, 9420, 9424, 9432, 9516, 9520]);
const CODE_IN_MESSAGE = /\b9[45]\d\d\b/;

/** A fault of the Images binding. `lasting`: it stays, for this image. `passing`: it may pass. `quota`: it lasts for the month, for all images. */
export interface ImagesFault {
  kind: "lasting" | "passing" | "quota";
  /** Undefined when the binding gave none. */
  code: number | undefined;
  /** The first line of the error's message. */
  message: string;
}

/**
 * Reads an error of the Images binding. An unknown one counts as passing, so that it is tried again.
 * Source: https://developers.cloudflare.com/images/reference/errors/
 */
export function readImagesError(error: unknown): ImagesFault {
  const text = error instanceof Error ? error.message : "a thrown value that is not an Error";
  const [message = ""] = text.split("\n");
  const code = codeOf(error, message);
  return { kind: code === undefined ? "passing" : kindOf(code), code, message: message.slice(0, 300) };
}

/** Advice for the owner, if something can be done. `now` is in ms since the epoch. */
export function adviceFor({ kind, code }: ImagesFault, now: number): string | undefined {
  if (kind === "quota") {
    return `The free transformations of this month are used up. More are free from ${nextMonth(now)} (UTC), or at once with the Images Paid plan. Until then visitors get the originals; this isolate asks again in an hour.`;
  }
  if (code === 9430)
    return "Cloudflare refuses the Images binding to this account: is Images switched on in its dashboard?";
  return undefined;
}

function kindOf(code: number): ImagesFault["kind"] {
  if (QUOTA_CODES.has(code)) return "quota";
  return LASTING_CODES.has(code) ? "lasting" : "passing";
}

function codeOf(error: unknown, message: string): number | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "number") return error.code;
  const named = CODE_IN_MESSAGE.exec(message);
  return named === null ? undefined : Number(named[0]);
}

function nextMonth(now: number): string {
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}
