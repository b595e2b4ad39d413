import { describeError, type Log } from "../log.ts";
import type { DownloadToken } from "./download-token.ts";
import type { StoredToken, TokenStore } from "./store.ts";

/** The outcome of reading KV. An unreadable KV may hold a good token, so no doubtful one is written over it. */
export type Stored = StoredToken | "absent" | "unreadable";

export interface StoreParts {
  store: TokenStore;
  log: Log;
}

/** Reads the token from KV for a request. Never throws: a fault of KV is logged. */
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

/** Writes a token that a request has minted to KV. Never throws: a fault of KV is logged. */
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
