import fc from "fast-check";
import { beforeEach, expect, it, vi } from "vitest";
import { campaign } from "../../campaign.ts";
import { EVENT_SECRET } from "../support/b2-events.ts";
import { contentOf } from "../support/content-of.ts";
import { OWNER, OWNER_PASSWORD } from "../support/owner.ts";
import { createSiteWithToken, SITE_URL, type TestSite } from "../support/site.ts";

const REQUESTS = campaign(20_000);
/** What stands in the owner's answers and in no other. */
const OWNERS_CONTENT = [
  "local-key-id",
  "rotation",
  "Rotations",
  "0 */6",
  "B2_APPLICATION_KEY",
  "expiresAt",
  "isDefault",
];

const SETTINGS = {
  ...OWNER,
  B2_EVENT_SIGNING_SECRET: EVENT_SECRET,
  OPERATOR_ACCESS_AUDIENCE: "a".repeat(64),
};

const paths = fc.oneof(
  fc.constantFrom("status", "rotate", "purge", "events", "health", "files", ""),
  fc.constantFrom(
    "%73tatus",
    "status/",
    "status//",
    "./status",
    "../-/status",
    "Status",
    "status%00",
    "status;a",
    "status?x=1",
  ),
  fc.webPath().map((path) => path.slice(1)),
  fc.stringMatching(/^[\x21-\x7e]{0,30}$/).filter((text) => !/[#\\]/.test(text)),
);
const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE");
const guesses = fc.oneof(
  fc.constantFrom(
    "Bearer",
    "Basic",
    `Bearer ${OWNER_PASSWORD.slice(0, -1)}`,
    `Digest username="${OWNER_PASSWORD}"`,
    "Basic Og==",
  ),
  fc.stringMatching(/^[\x20-\x7e]{0,40}$/).map((text) => `Bearer ${text}`),
  fc.stringMatching(/^[\x20-\x7e]{0,40}$/).map((text) => `Basic ${btoa(text)}`),
);
const values = fc.stringMatching(/^[\x21-\x7e]{1,30}$/);
const fields = fc.record(
  {
    Authorization: guesses,
    Origin: fc.constantFrom(SITE_URL, "null", "https://evil.example"),
    "Sec-Fetch-Site": fc.constantFrom("same-origin", "cross-site", "none"),
    Accept: fc.constantFrom("text/html", "application/json", "*/*", "text/html;q=x"),
    "Content-Type": fc.oneof(
      fc.constantFrom(
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
      ),
      values,
    ),
    "X-Bz-Event-Notification-Signature": fc.oneof(fc.constantFrom("v1=", `v1=${"0".repeat(64)}`), values),
    "Cf-Access-Jwt-Assertion": values,
    "Cf-Access-Authenticated-User-Email": fc.constant("owner@example.com"),
    Cookie: values.map((value) => `CF_Authorization=${value}`),
    "X-Forwarded-Host": values,
    "X-HTTP-Method-Override": fc.constantFrom("GET", "POST"),
    Range: fc.constantFrom("bytes=0-0", "bytes=-1"),
    "If-None-Match": fc.constant("*"),
    "CF-Connecting-IP": fc.oneof(fc.ipV4(), fc.ipV6(), values),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  fc.constantFrom(
    '{"everything":true}',
    '{"paths":["cat.jpg"]}',
    "everything=true",
    '{"events":[]}',
    "--x\r\n\r\n--x--",
  ),
  fc.json(),
  fc.string({ unit: "binary", maxLength: 200 }).filter((text) => text.isWellFormed()),
);

let site: TestSite;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  site = await createSiteWithToken(SETTINGS);
});

it(`${REQUESTS} requests of a stranger to /-/ change nothing, break nothing, and see nothing of the owner's`, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(paths, methods, fields, bodies, async (path, method, headers, body) => {
      const hasBody = method !== "GET" && method !== "HEAD";
      const response = await site.browse(`/-/${path}`, { method, headers, ...(hasBody && { body }) });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      const content = await contentOf(response);
      expect(response.status).toBeLessThan(500);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      for (const word of OWNERS_CONTENT) expect(content).not.toContain(word);
    }),
    { numRuns: REQUESTS, seed: 20261124 },
  );
  expect([site.images.purges, site.cache.purges]).toEqual([[], []]);
  expect(site.b2.stats().operations.b2_authorize_account).toBeUndefined();
  // Each kind of refusal was met, and the public route too.
  for (const status of [200, 401, 403, 404, 405]) expect(statuses.get(status)).toBeGreaterThanOrEqual(REQUESTS / 1_000);
}, 120_000);
