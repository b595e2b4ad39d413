import { createCapPause } from "../b2/cap-pause.ts";
import type { Download, DownloadResult } from "../b2/download.ts";
import { B2Error } from "../b2/error.ts";
import { downloadWithRetries } from "../b2/retry.ts";
import { tryDownload } from "../b2/trial.ts";
import type { Log } from "../log.ts";
import { asksForNewToken } from "../token/asks-for-new-token.ts";
import type { Caller, TokenSource } from "../token/source.ts";
import { TokenUnavailableError } from "../token/token-unavailable-error.ts";
import { createCircuit, isFaultOfCircuit } from "./circuit.ts";

/** The longest that a visitor waits for B2's response fields, retries and renewals included. */
const BUDGET_MS = 10_000;
/** The least time for the download when the search for a token took long, or a token was refused. */
const LEAST_BUDGET_MS = 3_000;
/** A time-out of a download that had less says more about the search for a token than about B2's downloads. */
const FAIR_BUDGET_MS = 5_000;
const PROBE_TIMEOUT_MS = 5_000;
/** KV's token may be as dead as the one in memory. Then one is minted, and that is the last. */
const MOST_RENEWALS = 2;

/** The file to download, and who asks for it. */
export interface Wanted extends Pick<Download, "method" | "range"> {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  caller: Caller;
}

/** B2 was not asked, since a cap is reached or the circuit is open. */
export interface Paused {
  kind: "paused";
  retryAfterSeconds: number;
}

/** Downloads a file of the bucket. Throws `B2Error` or `TokenUnavailableError`. */
export type Downloader = (wanted: Wanted) => Promise<DownloadResult | Paused>;

/**
 * Makes the downloader of one isolate: one call for the caller, and one request to B2 unless something is wrong. From the
 * outside in: the pause after a reached cap, the circuit, the renewal of a refused token, the retries. It is one factory of
 * over 50 lines because all of these share the pause and the circuit.
 */
export function createDownloader({ tokens, log }: { tokens: TokenSource; log: Log }): Downloader {
  const capPause = createCapPause();
  const circuit = createCircuit();

  async function download(wanted: Wanted): Promise<DownloadResult | Paused> {
    const startedAt = Date.now();
    const leave = capPause.enter(startedAt, BUDGET_MS);
    if (leave.kind === "wait") return pausedUntil(leave.until);
    try {
      const passage = circuit.enter(startedAt, PROBE_TIMEOUT_MS);
      if (passage.kind === "probe") await probe(wanted.caller);
      const result = passage.kind === "open" ? pausedUntil(passage.until) : await downloadRenewing(wanted, startedAt);
      // While the circuit is open, B2 was not asked about its cap.
      if (leave.kind === "probe" && result.kind !== "paused") capPause.end();
      return result;
    } catch (error) {
      if (error instanceof B2Error && error.code === "cap-exceeded") capPause.begin(Date.now());
      // Without a token, B2 was not asked about its cap either.
      else if (leave.kind === "probe" && !(error instanceof TokenUnavailableError)) capPause.end();
      throw error;
    }
  }

  /** Tries B2 while the circuit is open, and closes it on success. Throws the fault that keeps it open. */
  async function probe(caller: Caller): Promise<void> {
    const token = await tokens.get(caller);
    try {
      await tryDownload(token, PROBE_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof B2Error && isFaultOfCircuit(error.code)) {
        circuit.endProbe(false, Date.now());
        throw error;
      }
    }
    circuit.endProbe(true, Date.now());
    log("info", "circuit.closed", { ray: caller.ray });
  }

  function noteFault(error: unknown, { path, caller }: Wanted, budgetMs: number): void {
    if (!(error instanceof B2Error)) return;
    if (error.code === "timeout" && budgetMs < FAIR_BUDGET_MS) return;
    if (!isFaultOfCircuit(error.code)) circuit.succeed();
    else if (circuit.fail({ name: path, code: error.code }, Date.now())) {
      log("error", "circuit.opened", { ray: caller.ray, error: error.message });
    }
  }

  /** Downloads, and after a 401 tries again with another token, until one was refused that is newer than `startedAt`. */
  async function downloadRenewing(wanted: Wanted, startedAt: number): Promise<DownloadResult> {
    const { path, caller, method, range } = wanted;
    let token = tokens.fresh() ?? (await tokens.get(caller));
    for (let renewals = 0; ; renewals += 1) {
      const budgetMs = Math.max(LEAST_BUDGET_MS, startedAt + BUDGET_MS - Date.now());
      try {
        const file = { method, range, fileName: token.fileNamePrefix + path };
        const result = await downloadWithRetries(token, file, {
          budgetMs,
          onRetry: (fault) => logRetry(fault, wanted),
        });
        tokens.confirm(token);
        circuit.succeed();
        return result;
      } catch (error) {
        const refused = { workedAt: tokens.workedAt(token), now: Date.now() };
        if (!(error instanceof B2Error) || !asksForNewToken(error, refused)) {
          noteFault(error, wanted, budgetMs);
          throw error;
        }
        log("warn", "token.refused", { ray: caller.ray, file: path });
        // A 401 shows that B2 answers. Whether the renewal succeeds has nothing to do with that.
        circuit.succeed();
        const isNew = token.issuedAt >= startedAt;
        if (isNew) tokens.reject(token);
        if ((isNew && renewals > 0) || renewals === MOST_RENEWALS) throw error;
        token = await tokens.renew(token, caller).catch((noToken: unknown) => {
          // That B2 refuses a token that it has just issued says more than that no other is available.
          throw isNew ? error : noToken;
        });
      }
    }
  }

  function logRetry(fault: B2Error, { path, caller }: Wanted): void {
    log("warn", "download.retry", { ray: caller.ray, file: path, error: fault.message });
  }

  return download;
}

function pausedUntil(at: number): Paused {
  return { kind: "paused", retryAfterSeconds: Math.max(1, Math.ceil((at - Date.now()) / 1000)) };
}
