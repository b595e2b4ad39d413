import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import type { Fault } from "../../local-b2/b2/faults.ts";
import { webhookBesideB2 } from "../support/b2-behind-fetch.ts";
import { delivery, eventOf } from "../support/b2-events.ts";
import { runAhead } from "../support/clock.ts";
import { contentOf } from "../support/content-of.ts";
import { createSite, type TestSite } from "../support/site.ts";

const KEY_ID = "0012345distinctiveKeyId";
const KEY = "K001distinctive-application-key";
const SIGNING_SECRET = "distinctive-signing-secret-0123456789";
const WEBHOOK = "https://hooks.example/distinctive-webhook-path";
const OWNER_PASSWORD = "distinctive-owner-password";
const EVENT_SECRET = "distinctiveEventSigningSecret012";
const SECRETS = [
  KEY,
  btoa(`${KEY_ID}:${KEY}`),
  SIGNING_SECRET,
  OWNER_PASSWORD,
  btoa(`me:${OWNER_PASSWORD}`),
  EVENT_SECRET,
  WEBHOOK,
  "distinctive-webhook-path",
  "distinctive-query",
];

/** Back-off takes seconds, so timers run ahead. The steps are small, since KV is real and must answer within its deadline. */
const STEP_MS = 50;

const LIST_BUCKETS = "b2_list_buckets";
const CALLS = ["b2_authorize_account", LIST_BUCKETS, "b2_get_download_authorization", "b2_download_file_by_name"];
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
  { reset: "middle" },
  { body: `not JSON, with ${KEY}` },
  { body: JSON.stringify({ authorizationToken: KEY, apiInfo: KEY }) },
  { patch: { authorizationToken: 42 } },
  { patch: { apiInfo: { storageApi: { apiUrl: `http://${KEY}.example` } } } },
];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

/** What the owner's webhook was told. */
const alerts: string[] = [];

function createSecretSite({ operation }: { operation?: string } = {}): TestSite {
  // Only a key for every bucket is asked which buckets there are.
  const unrestricted = operation === LIST_BUCKETS;
  const vars = {
    ...(unrestricted && { B2_BUCKET_NAME: "images" }),
    B2_APPLICATION_KEY_ID: KEY_ID,
    B2_APPLICATION_KEY: KEY,
    PRIVATE_PREFIXES: "private",
    URL_SIGNING_KEYS: `k1:${SIGNING_SECRET}`,
    ALERT_WEBHOOK_URL: WEBHOOK,
    OPERATOR_TOKEN: OWNER_PASSWORD,
    SIGN_IN_LIMITER: undefined,
    B2_EVENT_SIGNING_SECRET: EVENT_SECRET,
  };
  const site = createSite({ TOKENS: env.TOKENS, ...vars }, { keyId: KEY_ID, key: KEY, unrestricted });
  alerts.length = 0;
  webhookBesideB2(site.b2, {
    url: WEBHOOK,
    answer: async (request) => {
      alerts.push(await request.text());
      return new Response(`never repeat ${WEBHOOK}`, { status: 500 });
    },
  });
  return site;
}

async function visits(): Promise<[path: string, init: RequestInit][]> {
  const basic = { Authorization: `Basic ${btoa(`me:${OWNER_PASSWORD}`)}` };
  const bearer = { Authorization: `Bearer ${OWNER_PASSWORD}` };
  const page = { ...basic, Accept: "text/html" };
  return [
    ["/cat.jpg", {}],
    ["/dog.jpg?distinctive-query=1", {}],
    ["/private/cat.jpg?sig=distinctive-query", {}],
    ["/-/health", {}],
    ["/-/status", { headers: page }],
    ["/-/status", { headers: bearer }],
    ["/-/rotate", { method: "POST", headers: bearer }],
    ["/-/purge", { method: "POST", headers: bearer, body: JSON.stringify({ paths: ["cat.jpg"] }) }],
    ["/-/rotate", { method: "POST", headers: basic }],
    ["/-/status", { headers: { Authorization: `Bearer x${OWNER_PASSWORD}` } }],
    ["/-/events", await delivery({ events: [eventOf("cat.jpg")] }, EVENT_SECRET)],
    ["/-/events", await delivery({ events: [eventOf("cat.jpg")] }, `${EVENT_SECRET}x`)],
  ];
}

/** What a person could see: log lines, answers, alerts, the message of a failed cron run. */
async function seenUnder(site: TestSite, faults: Fault[]): Promise<string> {
  site.b2.faults(faults);
  const seen: string[] = [];
  const rotation = site.rotate().catch((error: unknown) => {
    seen.push(String(error), JSON.stringify(error));
  });
  await runAhead(rotation, STEP_MS);
  for (const [path, init] of await visits()) {
    const headers = new Headers(init.headers);
    headers.set("CF-Ray", "8f-FRA");
    const response = await runAhead(site.visit(path, { ...init, headers }), STEP_MS);
    seen.push(JSON.stringify([...response.headers]), await runAhead(contentOf(response).catch(String), STEP_MS));
  }
  return [...seen, ...site.log.lines(), ...alerts].join("\n");
}

const cases = CALLS.flatMap((operation) =>
  // A download's body is the file itself.
  WRONGS.filter(({ body }) => body === undefined || operation !== "b2_download_file_by_name").map((wrong) => ({
    name: `${operation} ${JSON.stringify(wrong).slice(0, 60)}`,
    fault: { operation, times: 100, ...wrong },
  })),
);

cases.push({ name: "no answer comes", fault: { operation: "b2_authorize_account", times: 100, stall: true } });

it.each(cases)("no secret is seen when $name", { timeout: 20_000 }, async ({ fault }) => {
  const site = createSecretSite(fault);
  const seen = await seenUnder(site, [fault]);
  expect(site.b2.stats().operations[fault.operation]?.calls).toBeGreaterThan(0);
  for (const secret of SECRETS) expect(seen).not.toContain(secret);
  for (const token of tokensOf(site)) expect(seen).not.toContain(token);
  expect(seen).not.toMatch(/4_(account|download)_/);
  expect(await kvText()).not.toContain(KEY);
});

it("no secret is seen when the key is wrong, and the webhook is told why", async () => {
  const site = createSecretSite();
  site.b2.setKey({ key: "another" });
  const seen = await seenUnder(site, []);
  expect(alerts).toEqual([expect.stringContaining("Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY")]);
  for (const secret of SECRETS) expect(seen).not.toContain(secret);
});

it.each(["get", "put"] as const)(
  "no secret is seen when KV fails at %s with a message that has the token in it",
  async (method) => {
    const site = createSecretSite();
    await site.rotate();
    const [token = "none"] = tokensOf(site);
    vi.spyOn(env.TOKENS, method).mockRejectedValue(new Error(`cannot ${method} ${token} with ${KEY}`));
    site.b2.expireTokens();
    const seen = await seenUnder(site, []);
    expect(seen).toContain(method === "get" ? "KV read failed" : "KV write failed");
    for (const secret of [...SECRETS, ...tokensOf(site)]) expect(seen).not.toContain(secret);
  },
);

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

function tokensOf(site: TestSite): string[] {
  return site.b2.requests.flatMap(({ headers }) => headers.authorization ?? []);
}

async function kvText(): Promise<string> {
  const { keys } = await env.TOKENS.list();
  const values = await Promise.all(keys.map(({ name }) => env.TOKENS.get(name)));
  return JSON.stringify([keys, values]);
}
