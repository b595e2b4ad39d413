import { type ApiFault, apiFaultAt, isRefusedDuring } from "./outage.ts";
import type { Scene } from "./scene.ts";

export const BUCKET = "images";
/** Where a new token is tried. */
const TRIAL_FOLDER = "b2-image-worker-trial/";
const DOWNLOAD_HOST = "download.b2.example";
/** A call to the API that has no fault: mostly fast, sometimes slow, so that a mint takes 0.1 s to 12 s. */
const FAST_MS: [number, number] = [30, 400];
const SLOW_MS: [number, number] = [400, 5_500];
const SLOW_CHANCE = 0.1;
/** Each way of a download. After a slow mint the Worker gives it a second in all. */
const MOST_LATENCY_MS = 450;
const CRAWLING_MS: [number, number] = [6_000, 9_900];
/** The share of calls that hang until the Worker gives them up, also when all is well. */
const HANGING_CALLS = 1 / 300;

/** The faults with which it answers all the same. */
const ANSWERS: ReadonlySet<ApiFault> = new Set(["crawls", "dead-tokens"]);

/** So ends the id of an application key that B2 does not know. */
export const WRONG_KEY = "-mistyped";

/** A download token as B2 itself knows it. */
export interface Grant {
  applicationKeyId: string;
  grantedAt: number;
  expiresAt: number;
  revokedAt: number;
}

interface GrantCall {
  body: string;
  askedAt: number;
  isDead: boolean;
}

/** One who calls the API: an isolate or a run of the cron. Its calls are told apart by the host that it asks. */
export interface ApiLine {
  apiUrl: string;
  /** How many of its calls had a fault, whether of an outage or alone. */
  faults: number;
}

export interface B2 {
  fetch(url: string, init: RequestInit): Promise<Response>;
  line(): ApiLine;
  grants: Map<string, Grant>;
  revoke(which: (token: string) => boolean): void;
}

/**
 * B2 behind `fetch`: its API, which has faults, and its downloads, which want a token that is alive. One factory, since both
 * share the tokens that it has granted.
 */
export function createB2({ world, time, random, figures }: Omit<Scene, "kv" | "b2">): B2 {
  const grants = new Map<string, Grant>();
  const lines = new Map<string, ApiLine>();

  function line(): ApiLine {
    const host = `api-${lines.size}.b2.example`;
    const made = { apiUrl: `https://${host}`, faults: 0 };
    lines.set(host, made);
    return made;
  }

  async function fetch(text: string, init: RequestInit): Promise<Response> {
    const url = new URL(text);
    const authorization = new Headers(init.headers).get("Authorization") ?? "";
    if (url.host === DOWNLOAD_HOST) return await answerDownload(url, authorization);
    const asked = lines.get(url.host);
    if (asked === undefined) throw new Error(`nobody asks ${url.host}`);
    const askedAt = time.now();
    const isGrant = url.pathname.endsWith("b2_get_download_authorization");
    const fault = faultOf(isGrant);
    if (fault !== undefined) asked.faults += 1;
    const today = figures.day(time.now());
    today.calls += 1;
    if (fault !== undefined && apiFaultAt(world, time.now()) === undefined) today.singleFaults += 1;
    await time.wait(
      random.between(...(fault === "crawls" ? CRAWLING_MS : random.chance(SLOW_CHANCE) ? SLOW_MS : FAST_MS)),
    );
    if (fault !== undefined && !ANSWERS.has(fault)) return await failAs(fault, init.signal ?? undefined);
    return isGrant
      ? grant(authorization, { body: String(init.body), askedAt, isDead: fault === "dead-tokens" })
      : authorize(authorization, asked);
  }

  function faultOf(isGrant: boolean): ApiFault | undefined {
    const fault = apiFaultAt(world, time.now());
    if (fault === undefined) return random.chance(HANGING_CALLS) ? "hangs" : undefined;
    if (fault === "flaky") return random.chance(0.5) ? "unavailable" : undefined;
    return (fault === "no-grants" || fault === "dead-tokens") && !isGrant ? undefined : fault;
  }

  function authorize(basic: string, asked: ApiLine): Response {
    const [applicationKeyId = ""] = atob(basic.replace("Basic ", "")).split(":");
    if (applicationKeyId.endsWith(WRONG_KEY)) {
      asked.faults += 1;
      return answer(401, { code: "unauthorized" });
    }
    return answer(200, {
      accountId: "account",
      authorizationToken: `account-token ${applicationKeyId}`,
      apiInfo: {
        storageApi: {
          apiUrl: asked.apiUrl,
          downloadUrl: `https://${DOWNLOAD_HOST}`,
          allowed: {
            buckets: [{ id: "bucket-id", name: BUCKET }],
            capabilities: ["readFiles", "shareFiles"],
            namePrefix: null,
          },
        },
      },
    });
  }

  function grant(accountToken: string, { body, askedAt, isDead }: GrantCall): Response {
    const { bucketId, fileNamePrefix, validDurationInSeconds } = JSON.parse(body);
    const authorizationToken = `token-${grants.size}`;
    grants.set(authorizationToken, {
      applicationKeyId: accountToken.replace("account-token ", ""),
      grantedAt: time.now(),
      // The Worker reckons from when it asked.
      expiresAt: askedAt + (validDurationInSeconds - world.diesEarlySeconds) * 1000,
      revokedAt: isDead ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    });
    return answer(200, { bucketId, fileNamePrefix, authorizationToken });
  }

  /** Nothing is stored: to a token that is alive the file is missing, which is an answer as good as a file. */
  async function answerDownload({ pathname }: URL, token: string): Promise<Response> {
    const latency = random.between(10, MOST_LATENCY_MS);
    await time.wait(latency);
    const known = grants.get(token);
    const alive = known !== undefined && time.now() < Math.min(known.expiresAt, known.revokedAt);
    const name = pathname.slice(`/file/${BUCKET}/`.length);
    const now = { from: time.now(), to: time.now() };
    const isRefused = !name.startsWith(TRIAL_FOLDER) && isRefusedDuring(world, name, now);
    await time.wait(latency);
    return alive && !isRefused ? answer(404, { code: "not_found" }) : answer(401, { code: "bad_auth_token" });
  }

  async function failAs(fault: ApiFault, signal: AbortSignal | undefined): Promise<Response> {
    if (fault === "refused") throw new TypeError("connection refused");
    if (fault === "hangs") {
      await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    }
    if (fault === "too-many-requests") return answer(429, { code: "too_many_requests" }, { "Retry-After": "7" });
    return answer(503, { code: "service_unavailable" });
  }

  function revoke(which: (token: string) => boolean): void {
    for (const [token, known] of grants) {
      if (which(token)) known.revokedAt = Math.min(known.revokedAt, time.now());
    }
  }

  return { fetch, line, grants, revoke };
}

/** Its content is there at once: that of a real one comes from outside of JavaScript, where virtual time cannot wait for it. */
function answer(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Object.assign(new Response(null, { status, headers }), { text: async () => JSON.stringify(body) });
}
