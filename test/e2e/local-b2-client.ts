import { createLocalB2, type LocalB2 } from "../local-b2/app.ts";
import type { LocalB2Options } from "../local-b2/options.ts";

// biome-ignore lint/suspicious/noExplicitAny: the shapes of the answers are what is tested.
type Answer = { status: number; code: string | undefined; body: any };

/** A client of a local B2 in this process, of version 4 of the API. */
export interface LocalB2Client {
  b2: LocalB2;
  bucketId: string;
  accountId: string;
  /** The account token of the key that it began with. */
  accountToken: string;
  ask(path: string, init?: RequestInit): Promise<Response>;
  authorize(credentials?: string, version?: number): Promise<Answer>;
  /** A call with the account token, or with another one. */
  call(operation: string, parameters: object, token?: string): Promise<Answer>;
  /** b2_get_upload_url and b2_upload_file; `fields` are laid over the usual ones, null takes one away. */
  upload(name: string, content: string, fields?: Record<string, string | null>): Promise<Answer>;
  /** A download by name with a fresh download token, unless `fields` have another. `rawName` is as in the URL. */
  download(rawName: string, fields?: Record<string, string>): Promise<Response>;
  downloadToken(parameters?: object): Promise<string>;
}

export async function connect(options: LocalB2Options = {}): Promise<LocalB2Client> {
  const b2 = createLocalB2(options);
  const ask = (path: string, init?: RequestInit) => b2.fetch(new Request(new URL(path, b2.url), init));
  const authorize = async (credentials = `${b2.keyId}:${b2.key}`, version = 4) => {
    const headers = { Authorization: `Basic ${btoa(credentials)}` };
    return await read(await ask(`/b2api/v${version}/b2_authorize_account`, { headers }));
  };
  const { accountId, authorizationToken: accountToken } = (await authorize()).body;
  const bucketId = b2.world.buckets[0]?.id ?? "";

  async function call(operation: string, parameters: object, token = accountToken): Promise<Answer> {
    const init = { method: "POST", headers: { Authorization: token }, body: JSON.stringify(parameters) };
    return await read(await ask(`/b2api/v4/${operation}`, init));
  }

  async function upload(name: string, content: string, fields: Record<string, string | null> = {}): Promise<Answer> {
    const { body: place } = await call("b2_get_upload_url", { bucketId });
    const all = {
      Authorization: place.authorizationToken,
      "X-Bz-File-Name": encodeURIComponent(name),
      "Content-Type": "b2/x-auto",
      "X-Bz-Content-Sha1": "do_not_verify",
      ...fields,
    };
    const headers = Object.entries(all).flatMap(([field, value]) => (value === null ? [] : [[field, value]]));
    return await read(
      await ask(place.uploadUrl, { method: "POST", headers: Object.fromEntries(headers), body: content }),
    );
  }

  async function downloadToken(parameters: object = {}): Promise<string> {
    const asked = { bucketId, fileNamePrefix: "", validDurationInSeconds: 3600, ...parameters };
    return (await call("b2_get_download_authorization", asked)).body.authorizationToken;
  }

  async function download(rawName: string, fields: Record<string, string> = {}): Promise<Response> {
    const headers = { Authorization: fields.Authorization ?? (await downloadToken()), ...fields };
    return await ask(`/file/${b2.bucketNames[0]}/${rawName}`, { headers });
  }

  return { b2, bucketId, accountId, accountToken, ask, authorize, call, upload, download, downloadToken };
}

async function read(response: Response): Promise<Answer> {
  const body = await response.json();
  return { status: response.status, code: body.code, body };
}
