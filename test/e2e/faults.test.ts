import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fault } from "../local-b2/b2/faults.ts";
import { type Project, startProject } from "./project.ts";

const AUTHORIZE = "b2_authorize_account";
const GRANT = "b2_get_download_authorization";
const DOWNLOAD = "b2_download_file_by_name";
const IMAGE = "/sunrise.jpg";
const BODY_BYTES = 400_000;

type Wrong = Omit<Fault, "operation">;
type StalledVisit = { response: Response; seconds: number; timerSeconds: number };

let project: Project;
/** A visit to which B2 does not answer: it waits while the other tests run, and so does a timer of ten seconds. */
let stalled: Promise<StalledVisit>;

beforeAll(async () => {
  project = await startProject();
  project.b2.put("images", "large.jpg", { content: new Uint8Array(BODY_BYTES).fill(7), contentType: "image/jpeg" });
  project.b2.put("images", "large.html", { content: "<p>hello</p>".repeat(30_000), contentType: "text/html" });
  await visit(IMAGE);
  project.b2.reset();
  stalled = stall();
  await vi.waitUntil(() => callsOf(DOWNLOAD) === 1, { interval: 5 });
}, 60_000);
afterAll(() => project?.stop());
afterEach(() => project.b2.reset());

async function stall(): Promise<StalledVisit> {
  project.b2.faults([{ operation: DOWNLOAD, stall: true }]);
  const from = performance.now();
  const elapsed = () => (performance.now() - from) / 1000;
  const timer = new Promise((resolve) => setTimeout(resolve, 10_000)).then(elapsed);
  const response = await visit(IMAGE);
  return { response, seconds: elapsed(), timerSeconds: await timer };
}

describe("401", () => {
  it.each(["GET", "HEAD"])("to a %s is answered with the token that the cron has put into KV", async (method) => {
    expect((await project.fireCron()).status).toBe(200);
    project.b2.expireTokens({ butNewest: true });
    expect((await visit(IMAGE, { method })).status).toBe(200);
    expect([callsOf(AUTHORIZE), callsOf(GRANT)]).toEqual([1, 1]);
  });
});

describe("a fault that passes", () => {
  const passing: [string, Wrong][] = [
    ["429", { times: 2, status: 429, code: "too_many_requests" }],
    ["429 with Retry-After", { status: 429, code: "too_many_requests", retryAfterSeconds: 1 }],
    ["500", { times: 2, status: 500, code: "internal_error" }],
    ["503", { times: 2, status: 503, code: "service_unavailable" }],
    ["503 with Retry-After", { status: 503, code: "service_unavailable", retryAfterSeconds: 1 }],
    ["a connection that is reset before the fields", { times: 2, reset: "before" }],
  ];

  it.each(passing)("%s is not noticed", async (_, wrong) => {
    const { times = 1, retryAfterSeconds = 0 } = wrong;
    project.b2.faults([{ operation: DOWNLOAD, ...wrong }]);
    const from = performance.now();
    const response = await visit("/large.jpg");
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, BODY_BYTES]);
    expect(performance.now() - from).toBeGreaterThanOrEqual(retryAfterSeconds * 1000);
    expect([callsOf(DOWNLOAD), callsOf(AUTHORIZE)]).toEqual([times + 1, 0]);
  });

  it("but does not pass in three tries is 503 with Retry-After, and is over with the fault", async () => {
    project.b2.faults([{ operation: DOWNLOAD, times: 3, status: 503, code: "service_unavailable" }]);
    const response = await visit(IMAGE);
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "30"]);
    expect(callsOf(DOWNLOAD)).toBe(3);
    expect((await visit(IMAGE)).status).toBe(200);
  });

  it.each([429, 503])("%i with a Retry-After beyond the budget is passed on at once", async (status) => {
    project.b2.faults([{ operation: DOWNLOAD, status, code: "service_unavailable", retryAfterSeconds: 120 }]);
    const response = await visit(IMAGE);
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "120"]);
    expect(callsOf(DOWNLOAD)).toBe(1);
  });
});

const lasting: [string, Wrong, number][] = [
  ["403 access_denied", { status: 403, code: "access_denied" }, 502],
  ["400", { status: 400, code: "bad_request" }, 502],
  ["a redirect", { status: 302, code: "moved" }, 502],
];

it.each(lasting)("%s is 502 without a retry", async (_, wrong, status) => {
  project.b2.faults([{ operation: DOWNLOAD, ...wrong }]);
  expect((await visit(IMAGE)).status).toBe(status);
  expect(callsOf(DOWNLOAD)).toBe(1);
});

describe("a connection that is reset in the middle of the body breaks for the visitor too", () => {
  const visits: [string, string, Record<string, string>][] = [
    ["an image", "/large.jpg", {}],
    ["a part of an image", "/large.jpg", { Range: "bytes=1000-300999" }],
    ["an image through the other entrypoint", "/large.jpg?v=1", {}],
    ["a page that is compressed on the way", "/large.html", { "Accept-Encoding": "gzip" }],
  ];

  // The local B2's server says on the console that a connection broke, which is what is asked for here.
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(visits)("%s", async (_, path, headers) => {
    expect((await visit(path, { headers })).ok).toBe(true);
    // On a busy machine an idle connection to B2 may end just then, and the Worker tries again: that breaks too.
    project.b2.faults([{ operation: DOWNLOAD, times: 3, reset: "middle" }]);
    const response = await visit(path, { headers });
    await expect(response.arrayBuffer()).rejects.toThrow("terminated");
  });
});

describe("an answer of the API that is not as documented fails the cron's run, and visitors are served on", () => {
  const answers: [string, Fault][] = [
    ["garbage in place of JSON", { operation: AUTHORIZE, body: "<html>Bad gateway</html>" }],
    ["an http: host for downloads", authorizePatch({ downloadUrl: "http://b2.example" })],
    ["an http: host for the API", authorizePatch({ apiUrl: "http://b2.example" })],
    ["a missing field", authorizePatch({ allowed: null })],
    ["garbage in place of the token", { operation: GRANT, body: "{" }],
    ["an empty token", { operation: GRANT, patch: { authorizationToken: "" } }],
  ];

  it.each(answers)("%s", async (_, fault) => {
    project.b2.faults([fault]);
    const outcome = await project.fireCron();
    expect([outcome.status, await outcome.json()]).toEqual([500, expect.objectContaining({ outcome: "exception" })]);
    expect(callsOf(fault.operation)).toBe(1);
    expect((await visit(IMAGE)).status).toBe(200);
    expect(callsOf(AUTHORIZE)).toBe(1);
  });

  it("but an unknown extra field is no fault", async () => {
    project.b2.faults([authorizePatch({ news: 1, allowed: { years: 7 } })]);
    expect((await project.fireCron()).status).toBe(200);
  });
});

function authorizePatch(storageApi: object): Fault {
  return { operation: AUTHORIZE, patch: { apiInfo: { storageApi } } };
}

it("401 for good is an error, mints nothing while KV's token is young, and is over as soon as B2 takes it again", async () => {
  await visit(IMAGE);
  project.b2.faults([{ operation: DOWNLOAD, times: 5, status: 401, code: "unauthorized" }]);
  for (let n = 0; n < 5; n += 1) expect((await visit(IMAGE)).status).toBe(502);
  await expect.poll(() => project.logs()).toContain("does the key still have readFiles and shareFiles");
  project.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 401, code: "bad_auth_token" }]);
  for (let n = 0; n < 5; n += 1) expect([502, 503]).toContain((await visit(IMAGE)).status);
  expect(callsOf(AUTHORIZE)).toBe(0);
  project.b2.reset();
  expect((await visit(IMAGE)).status).toBe(200);
});

it("a reached cap is 503, and B2 is left alone for five minutes, as Retry-After says", async () => {
  project.b2.faults([{ operation: DOWNLOAD, times: 1000, status: 403, code: "download_cap_exceeded" }]);
  for (let n = 0; n < 5; n += 1) await expectCapped(await visit(IMAGE));
  expect(callsOf(DOWNLOAD)).toBe(1);
  await expect.poll(() => project.logs()).toContain("Caps & Alerts");
});

async function expectCapped(response: Response): Promise<void> {
  const secondsToMidnight = (86_400_000 - (Date.now() % 86_400_000)) / 1000;
  expect(response.status).toBe(503);
  expect(Math.abs(Number(response.headers.get("Retry-After")) - Math.min(300, secondsToMidnight))).toBeLessThan(5);
}

it("an answer that does not come is 504 after 10 seconds", async () => {
  const { response, seconds, timerSeconds } = await stalled;
  expect(response.status).toBe(504);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(seconds).toBeGreaterThan(9.5);
  // Where the machine stands still for a while, the timer is late too.
  expect(seconds).toBeLessThan(timerSeconds + 2);
});

async function visit(path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(project.url + path, init);
}

function callsOf(operation: string): number {
  return project.b2.stats().operations[operation]?.calls ?? 0;
}
