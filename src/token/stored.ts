import { describeError, type Log } from "../log.ts";
import type { DownloadToken } from "./download-token.ts";
import type { StoredToken, TokenStore } from "./store.ts";

/** What KV has. One that cannot be read may have a good token: nothing doubtful is written over it. */
export type Stored = StoredToken | "absent" | "unreadable";

export interface StoreParts {
  store: TokenStore;
  log: Log;
}

/** Reads KV for a request; a fault of KV is a line in the log and no more. */
export async function readStored(
  { store, log }: StoreParts,
  { ray }: { ray: string | undefined },
  options: { pastCache: boolean },
): Promise<Stored> {
  try {
    return (await store.read(options)) ?? "absent";
  } catch (error) {
    log("error", "token.store-failed", { ray, error: describeError(error) });
    return "unreadable";
  }
}

/** Writes to KV what a request has minted; a fault of KV is a line in the log and no more. */
export async function writeStored(
  { store, log }: StoreParts,
  { ray }: { ray: string | undefined },
  token: DownloadToken,
): Promise<void> {
  try {
    await store.write(token);
  } catch (error) {
    log("error", "token.store-failed", { ray, error: describeError(error) });
  }
}
