import { type Finding, ok, unknown, wrong } from "../../finding.ts";
import type { Examination, Shown } from "../examination.ts";
import type { Answer } from "../site-client.ts";

/** The first and last byte of the range to ask for: neither the beginning nor the end of the file. */
const FIRST = 1;
const LAST = 16;
export const RANGE = `bytes=${FIRST}-${LAST}`;

/** Checks that a range is answered with 206 and the right bytes. */
export async function checkRange({ client }: Examination, { file, answer }: Shown): Promise<Finding> {
  const part = await client.ask(file.canonicalPath, { headers: { Range: RANGE } });
  const fault = rangeFault(part, answer.body);
  if (fault === undefined) return ok("range", "A part of the picture comes as 206 with the right bytes.");
  return wrong("range", `${fault}`, RANGE_ADVICE);
}

const RANGE_ADVICE = "Visitors cannot skip within a video. Is another cache or proxy in front of the site?";

/** The fault of an answer to `RANGE`, in a sentence; undefined when it is right. `whole` is the content of the file. */
function rangeFault({ status, headers, body }: Answer, whole: Buffer): string | undefined {
  const last = Math.min(LAST, whole.length - 1);
  if (status !== 206) return `A part was asked for, and ${status} came.`;
  const wanted = `bytes ${FIRST}-${last}/${whole.length}`;
  const field = headers.get("Content-Range");
  if (field !== wanted) return `Content-Range is «${field ?? "missing"}» instead of «${wanted}».`;
  return body.equals(whole.subarray(FIRST, last + 1)) ? undefined : "The part has other bytes than the whole picture.";
}

/** Checks that HEAD has the same status and fields as GET, without content. */
export async function checkHead({ client }: Examination, { file, answer: whole }: Shown): Promise<Finding> {
  const head = await client.ask(file.canonicalPath, { method: "HEAD" });
  const differing = ["Content-Type", "Content-Length", "ETag"].filter(
    (name) => head.headers.get(name) !== whole.headers.get(name),
  );
  if (head.status === 200 && differing.length === 0) return ok("head", "HEAD has the fields of GET.");
  const what = head.status === 200 ? `differs from GET in ${differing.join(", ")}` : `answers ${head.status}`;
  return wrong("head", `HEAD ${what}.`, "Is another cache or proxy in front of the site?");
}

/** Checks that a browser that has the image gets 304 without content. */
export async function checkNotModified({ client }: Examination, { file, answer: whole }: Shown): Promise<Finding> {
  const etag = whole.headers.get("ETag");
  if (etag === null) return unknown("not-modified", "The picture has no ETag to ask with.");
  const again = await client.ask(file.canonicalPath, { headers: { "If-None-Match": etag } });
  return again.status === 304
    ? ok("not-modified", "A browser that has the picture gets 304 without the content.")
    : wrong(
        "not-modified",
        `A browser that has the picture gets ${again.status} instead of 304.`,
        "Is another cache or proxy in front of the site?",
      );
}
