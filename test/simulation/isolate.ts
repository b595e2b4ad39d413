import { createDownloader } from "../../src/images/download.ts";
import { type DownloadToken, formatRecord } from "../../src/token/download-token.ts";
import { type Minted, mint } from "../../src/token/mint.ts";
import { MintError } from "../../src/token/mint-error.ts";
import { type Caller, createTokenSource, type TokenSource } from "../../src/token/source.ts";
import { createTokenStore, type StoredToken } from "../../src/token/store.ts";
import { type ApiLine, BUCKET } from "./b2.ts";
import { breakOff, type Scene } from "./scene.ts";
import { tell } from "./story.ts";
import { faultOfMint } from "./token-rules.ts";
import {
  createWitness,
  noteFailure,
  noteGranted,
  noteRefusal,
  noteSuccess,
  noteTold,
  type Witness,
} from "./witness.ts";

const VALID_SECONDS = 7 * 86_400;
const WANTED = { method: "GET", range: undefined } as const;

/** One download for a visitor: when it was asked for, how it ended, and which tokens it was tried with. */
export interface Visit {
  name: string;
  startedAt: number;
  endedAt: number;
  tokens: string[];
  /** Undefined: the visitor has the file. */
  error: unknown;
  before: Before;
}

/** What was known when a visit began. */
export interface Before {
  /** The record of KV as the place could see it. */
  seen: string | null;
  mayMintAt: number;
  /** When the last look for a token ended; now, when one was under way. */
  lookedAt: number;
}

export interface SimulatedIsolate {
  id: number;
  place: number;
  applicationKeyId: string;
  line: ApiLine;
  witness: Witness;
  /** `seen` is what KV shows the place. */
  visit(name: string, seen: string | null): Promise<Visit>;
}

/** What the settings of all isolates and of the cron have in common. */
export function settingsFor(applicationKeyId: string, { apiUrl }: ApiLine) {
  return {
    applicationKeyId,
    applicationKey: "key",
    apiUrl,
    bucketName: BUCKET,
    fileNamePrefix: "",
    tokenValidSeconds: VALID_SECONDS,
  };
}

/**
 * The project's own code, wired as `src/site.ts` does, with a witness between it and the world. One factory, since the witness
 * sees the same isolate from each of its sides.
 */
export function createSimulatedIsolate(
  { place, applicationKeyId }: { place: number; applicationKeyId: string },
  scene: Scene,
): SimulatedIsolate {
  const { now, wait } = scene.time;
  const line = scene.b2.line();
  const settings = settingsFor(applicationKeyId, line);
  const store = createTokenStore(scene.kv.namespaceAt(place), settings);
  const witness = createWitness();
  const source = createTokenSource({
    store: { ...store, read: watchedRead },
    mint: watchedMint,
    log: () => undefined,
    now,
    wait,
  });

  async function watchedRead(options?: { pastCache?: boolean }): Promise<StoredToken | undefined> {
    witness.looking += 1;
    witness.lastRead = undefined;
    try {
      const read = await store.read(options);
      if (read === undefined || !read.isOfThisKey) return read;
      noteTold(witness, read.token.token, now());
      witness.othersMintedAt = Math.max(witness.othersMintedAt, read.token.issuedAt);
      witness.lastRead = read.token;
      return read;
    } finally {
      witness.looking -= 1;
      witness.lookEndedAt = now();
    }
  }

  async function watchedMint(): Promise<Minted> {
    const wrong = faultOfMint(isolate, scene);
    if (wrong !== undefined) breakOff(scene, tell(wrong, isolate, scene));
    scene.figures.mints += 1;
    const faultsBefore = line.faults;
    witness.minting += 1;
    witness.mintStartedAt = now();
    try {
      const minted = await mint(settings);
      noteTold(witness, minted.token.token, now());
      noteGranted(witness, minted.token.token, now());
      if (minted.trial.kind === "refused") noteRefusal(witness, minted.token.token, now());
      else scene.time.at(now(), () => mustBeOffered(minted.token));
      return minted;
    } catch (error) {
      noteFailure(witness, now(), error instanceof MintError ? error.cause?.retryAfterSeconds : undefined);
      throw error;
    } finally {
      witness.minting -= 1;
      witness.lookEndedAt = now();
      if (line.faults > faultsBefore) witness.faultEndedAt = now();
    }
  }

  /** «A token minted on the request path is written to KV.» */
  function mustBeOffered(token: DownloadToken): void {
    if (!scene.kv.offered.has(formatRecord(token))) {
      breakOff(scene, tell(`${token.token} was minted and not offered to KV`, isolate, scene));
    }
  }

  const visits = new WeakMap<Caller, Visit>();
  const tokens: TokenSource = {
    ...source,
    get: async (caller) => noteTried(caller, await source.get(caller)),
    renew: async (refused, caller) => {
      const visit = visits.get(caller);
      if (visit !== undefined) witness.waiting.add(visit);
      return noteTried(caller, await source.renew(refused, caller));
    },
    confirm: (token) => {
      // Another key's token is a last resort: that it works says nothing of this key.
      if (token.applicationKeyId === applicationKeyId) noteSuccess(witness, token, now());
      source.confirm(token);
    },
    reject: (token) => {
      noteRefusal(witness, token.token, now());
      source.reject(token);
    },
  };
  const download = createDownloader({ tokens, log: () => undefined });

  function noteTried(caller: Caller, token: DownloadToken): DownloadToken {
    const visit = visits.get(caller);
    visit?.tokens.push(token.token);
    witness.given = token.token;
    if (visit !== undefined) witness.waiting.delete(visit);
    return token;
  }

  async function visit(name: string, seen: string | null): Promise<Visit> {
    const { mayMintAt, looking, minting, lookEndedAt } = witness;
    const lookedAt = looking + minting > 0 ? now() : lookEndedAt;
    const before = { seen, mayMintAt, lookedAt };
    const made: Visit = { name, startedAt: now(), endedAt: 0, tokens: [], error: undefined, before };
    const caller = { waitUntil, ray: undefined };
    visits.set(caller, made);
    witness.waiting.add(made);
    try {
      const result = await download({ ...WANTED, path: name, caller });
      if (result.kind === "paused") made.error = new Error("B2 was left alone");
    } catch (error) {
      made.error = error;
    }
    witness.waiting.delete(made);
    made.endedAt = now();
    return made;
  }

  const isolate = { id: scene.figures.isolates, place, applicationKeyId, line, witness, visit };
  return isolate;
}

/** What is left to do after the response goes on, and never fails. */
function waitUntil(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    throw error;
  });
}
