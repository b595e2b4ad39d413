import { B2Error } from "../../../src/b2/error.ts";
import type { DownloadToken } from "../../../src/token/download-token.ts";
import type { Minted } from "../../../src/token/mint.ts";
import { TOKEN_KEY, tokenIssuedAt } from "./download-token.ts";
import { API_DOWN, createSourceUnderTest, NARROW_KEY } from "./token-source.ts";

const MINUTE_MS = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;
const UNCLEAR = new B2Error({ code: "timeout", operation: "b2_download_file_by_name" });

/** The numbers of reads of KV, and of mints. */
export type Asked = [number, number];

/** One isolate, and everything that may happen to it. */
export function createIsolate() {
  let mint: () => Promise<Minted> = () => Promise.reject(API_DOWN);
  const { kv, store, source, mintedAt, caller } = createSourceUnderTest(() => mint());
  const known = new Map<string, DownloadToken>();
  let seen = { reads: 0, mints: 0 };

  function named(name: string, minutesLeft = WEEK_MINUTES): DownloadToken {
    const expiresAt = Date.now() + minutesLeft * MINUTE_MS;
    const token = known.get(name) ?? tokenIssuedAt(Date.now() - 60 * MINUTE_MS, { token: name, expiresAt });
    known.set(name, token);
    return token;
  }

  async function outcomeOf(what: Promise<DownloadToken>): Promise<string> {
    return await what.then(
      ({ token }) => token,
      () => "503",
    );
  }

  /** How often KV and B2 were asked since the last look at this. */
  function asked(): Asked {
    const reads = kv.readLog.filter(({ key }) => key === TOKEN_KEY).length;
    const since: Asked = [reads - seen.reads, mintedAt.length - seen.mints];
    seen = { reads, mints: mintedAt.length };
    return since;
  }

  return {
    kvHas: (name: string, minutesLeft?: number) => store.write(named(name, minutesLeft)),
    mintGives: (name: string, kind: "accepted" | "refused" | "unclear" = "accepted") => {
      mint = async () => ({
        token: named(name),
        trial: kind === "unclear" ? { kind, fault: UNCLEAR } : { kind },
        key: NARROW_KEY,
      });
    },
    get: () => outcomeOf(source.get(caller)),
    renew: (name: string) => outcomeOf(source.renew(named(name), caller)),
    confirm: (name: string) => source.confirm(named(name)),
    reject: (name: string) => source.reject(named(name)),
    asked,
  };
}

export type Isolate = ReturnType<typeof createIsolate>;
