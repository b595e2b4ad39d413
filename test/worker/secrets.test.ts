import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Fault } from "../local-b2/b2/faults.ts";
import { createSite, type Site } from "./site.ts";

const KEY_ID = "0012345distinctiveKeyId";
const KEY = "K001distinctive-application-key";
const SIGNING_SECRET = "distinctive-signing-secret-0123456789";
const WEBHOOK = "https://hooks.example/distinctive-webhook-path";
const SECRETS = [
  KEY,
  btoa(`${KEY_ID}:${KEY}`),
  SIGNING_SECRET,
  WEBHOOK,
  "distinctive-webhook-path",
  "distinctive-query",
];

const CALLS = ["b2_authorize_account", "b2_get_download_authorization", "b2_download_file_by_name"];
const WRONGS: Omit<Fault, "operation">[] = [
  { status: 400, code: "bad_request", message: KEY },
  { status: 401, code: "unauthorized", message: KEY },
  { status: 401, code: "bad_auth_token", message: KEY },
  { status: 403, code: "access_denied", message: KEY },
  { status: 403, code: "transaction_cap_exceeded", message: KEY },
  { status: 403, code: KEY },
  { status: 429, code: "too_many_requests", retryAfterSeconds: 120 },
  { status: 500, code: "internal_error", message: KEY },
  { status: 503, code: "service_unavailable", retryAfterSeconds: 120 },
  { reset: "before" },
  { body: `not JSON, with ${KEY}` },
  { body: JSON.stringify({ authorizationToken: KEY, apiInfo: KEY }) },
  { patch: { authorizationToken: 42 } },
  { patch: { apiInfo: { storageApi: { apiUrl: `http://${KEY}.example` } } } },
];

beforeEach(async () => {
  await reset();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function createSecretSite(): Site {
  const vars = {
    B2_APPLICATION_KEY_ID: KEY_ID,
    B2_APPLICATION_KEY: KEY,
    PRIVATE_PREFIXES: "private",
    URL_SIGNING_KEYS: `k1:${SIGNING_SECRET}`,
    ALERT_WEBHOOK_URL: WEBHOOK,
  };
  const site = createSite(vars, { keyId: KEY_ID, key: KEY });
  site.b2.put("images", "cat.jpg", { content: "a cat", contentType: "image/jpeg" });
  return site;
}

/** What a person could see: log lines, answers, the message of a failed cron run. */
async function seenUnder(site: Site, faults: Fault[]): Promise<string> {
  site.b2.faults(faults);
  const seen: string[] = [];
  const rotation = site.rotate().catch((error: unknown) => {
    seen.push(String(error), JSON.stringify(error));
  });
  await sped(rotation);
  for (const path of [
    "/cat.jpg",
    "/dog.jpg?distinctive-query=1",
    "/private/cat.jpg?sig=distinctive-query",
    "/-/health",
  ]) {
    const response = await sped(site.visit(path, { headers: { "CF-Ray": "8f-FRA" } }));
    seen.push(JSON.stringify([...response.headers]), await response.text().catch(String));
  }
  return [...seen, ...site.logs].join("\n");
}

const cases = CALLS.flatMap((operation) =>
  // A download's body is the file itself.
  WRONGS.filter(({ body }) => body === undefined || operation !== "b2_download_file_by_name").map((wrong) => ({
    name: `${operation} ${JSON.stringify(wrong).slice(0, 60)}`,
    fault: { operation, times: 100, ...wrong },
  })),
);

it.each(cases)("no secret is seen when $name", { timeout: 20_000 }, async ({ fault }) => {
  const site = createSecretSite();
  const seen = await seenUnder(site, [fault]);
  for (const secret of SECRETS) expect(seen).not.toContain(secret);
  for (const token of tokensOf(site)) expect(seen).not.toContain(token);
  expect(await kvText()).not.toContain(KEY);
});

it("finds a secret where there is one: the token, in KV and towards B2", async () => {
  const site = createSecretSite();
  await site.visit("/cat.jpg");
  const [token = "none"] = tokensOf(site);
  expect(token).toMatch(/^4_download_/);
  expect(await kvText()).toContain(token);
});

it("never keeps the application key in KV", async () => {
  const site = createSecretSite();
  await site.rotate();
  expect(await kvText()).toContain(KEY_ID);
  for (const secret of SECRETS) expect(await kvText()).not.toContain(secret);
});

/** Back-off takes seconds: the timers run ahead, while KV is still given its time. */
async function sped<T>(work: Promise<T>): Promise<T> {
  let done = false;
  void work.finally(() => {
    done = true;
  });
  while (!done) {
    await vi.advanceTimersByTimeAsync(50);
    await scheduler.wait(1);
  }
  return await work;
}

function tokensOf(site: Site): string[] {
  return site.b2.requests.flatMap(({ headers }) => headers.authorization ?? []);
}

async function kvText(): Promise<string> {
  const { keys } = await env.TOKENS.list();
  const values = await Promise.all(keys.map(({ name }) => env.TOKENS.get(name)));
  return JSON.stringify([keys, values]);
}
