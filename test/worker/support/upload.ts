import type { LocalB2 } from "../../local-b2/app.ts";

interface Uploaded {
  fileName: string;
  fileId: string;
  contentSha1: string;
}

/** An upload as a client of B2 makes it. `rawName` is as it goes over the wire; `fields` are laid over the usual ones. */
export async function uploadAsClient(
  b2: LocalB2,
  rawName: string,
  { content = "uploaded", fields = {} }: { content?: string; fields?: Record<string, string> } = {},
): Promise<Uploaded> {
  async function post<T>(path: string, headers: Record<string, string>, body: string): Promise<T> {
    return await (await b2.fetch(new Request(new URL(path, b2.url), { method: "POST", headers, body }))).json<T>();
  }
  const account = await post<{ authorizationToken: string }>(
    "/b2api/v2/b2_authorize_account",
    { Authorization: `Basic ${btoa(`${b2.keyId}:${b2.key}`)}` },
    "{}",
  );
  const place = await post<{ uploadUrl: string; authorizationToken: string }>(
    "/b2api/v2/b2_get_upload_url",
    { Authorization: account.authorizationToken },
    JSON.stringify({ bucketId: b2.bucket("images").id }),
  );
  const usual = {
    Authorization: place.authorizationToken,
    "X-Bz-File-Name": rawName,
    "Content-Type": "image/jpeg",
    "X-Bz-Content-Sha1": "do_not_verify",
  };
  return await post<Uploaded>(place.uploadUrl, { ...usual, ...fields }, content);
}
