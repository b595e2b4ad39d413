import { describe, expect, it, vi } from "vitest";
import type { Fault } from "../../local-b2/b2/faults.ts";
import { b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";
import { failureOf } from "../support/mint-failure.ts";

const AUTHORIZE = "b2_authorize_account";
const GRANT = "b2_get_download_authorization";

type Wrong = [string, Omit<Fault, "operation">, string];

/** Each by its message: code, status, B2's code and detail, and the advice. */
const ofEveryCall: Wrong[] = [
  ["401", { status: 401, code: "bad_auth_token" }, "unauthorized (status 401, bad_auth_token)"],
  [
    "403 of a cap",
    { status: 403, code: "transaction_cap_exceeded" },
    "cap-exceeded (status 403, transaction_cap_exceeded). A daily cap",
  ],
  ["403", { status: 403, code: "access_denied" }, "access-denied (status 403, access_denied). B2 denies access"],
  [
    "429",
    { status: 429, code: "too_many_requests" },
    "too-many-requests (status 429, too_many_requests). B2 has a fault",
  ],
  ["500", { status: 500, code: "internal_error" }, "unavailable (status 500, internal_error). B2 has a fault"],
  [
    "503",
    { status: 503, code: "service_unavailable" },
    "unavailable (status 503, service_unavailable). B2 has a fault",
  ],
  ["a code that is no code", { status: 503, code: "<b>a secret</b>" }, "unavailable (status 503). B2 has a fault"],
  ["a broken connection", { reset: "before" }, "unreachable. B2 has a fault"],
  [
    "an answer that is not JSON",
    { body: "<html>" },
    "unexpected-answer (status 200): not JSON. This is not how B2 answers",
  ],
  ["an answer that is no object", { body: "[]" }, "unexpected-answer (status 200): not as documented:"],
  ["a missing field", { patch: { authorizationToken: null } }, "not as documented: authorizationToken. This is not"],
  ["a redirect", { status: 302, code: "moved" }, "unexpected-answer (status 302, moved). This is not how B2 answers"],
];

describe.each([
  [AUTHORIZE, "authorize"],
  [GRANT, "download-authorization"],
])("%s that answers with a fault is told with its step", (operation, step) => {
  it.each(ofEveryCall)("%s", async (_, fault, message) => {
    b2BehindFetch().faults([{ operation, ...fault }]);
    const error = await failureOf(MINT_SETTINGS);
    expect(error.step).toBe(step);
    expect(error.message).toContain(`${step}: ${operation}: `);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("secret");
  });

  it("no answer in 10 seconds", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    b2BehindFetch().faults([{ operation, stall: true }]);
    const failure = failureOf(MINT_SETTINGS);
    await vi.advanceTimersByTimeAsync(10_001);
    expect((await failure).message).toBe(
      `${step}: ${operation}: timeout. B2 has a fault. The Worker tries again later.`,
    );
  });
});

describe("an answer of b2_authorize_account is not used", () => {
  const patches: [string, object, string][] = [
    ["with an http: host for the API", { apiUrl: "http://b2.example" }, "apiUrl"],
    ["with an http: host for downloads", { downloadUrl: "http://b2.example" }, "downloadUrl"],
    ["with a user in its URL", { downloadUrl: "https://me@b2.example" }, "downloadUrl"],
    ["with a URL that is none", { apiUrl: "b2.example" }, "apiUrl"],
    ["without a URL for downloads", { downloadUrl: null }, "downloadUrl"],
    ["without what the key is allowed", { allowed: null }, "allowed"],
    ["without capabilities", { allowed: { capabilities: null } }, "allowed.capabilities"],
    ["with a bucket without an id", { allowed: { buckets: [{ name: "images" }] } }, "allowed.buckets.0.id"],
  ];

  it.each(patches)("%s", async (_, storageApi, place) => {
    const b2 = b2BehindFetch();
    b2.faults([{ operation: AUTHORIZE, patch: { apiInfo: { storageApi } } }]);
    const error = await failureOf(MINT_SETTINGS);
    expect(error.message).toContain(`not as documented: apiInfo.storageApi.${place}. `);
    expect(callsOf(b2)).toEqual({ [AUTHORIZE]: 1 });
  });
});

it.each(["apiUrl", "downloadUrl"])(
  "an answer whose %s is in another domain than B2's API is not used",
  async (name) => {
    const b2 = b2BehindFetch();
    b2.faults([{ operation: AUTHORIZE, patch: { apiInfo: { storageApi: { [name]: "https://f005.b2.example" } } } }]);
    const error = await failureOf(MINT_SETTINGS);
    expect(error.message).toContain(`${name} is in another domain than B2_API_URL. This is not how B2 answers`);
    expect(callsOf(b2)).toEqual({ [AUTHORIZE]: 1 });
  },
);

it("an error body that stalls is not waited for: the status alone decides", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  vi.stubGlobal("fetch", async () => new Response(neverEnding(), { status: 503 }));
  const failure = failureOf(MINT_SETTINGS);
  await vi.advanceTimersByTimeAsync(2_001);
  expect((await failure).message).toContain("unavailable (status 503). B2 has a fault");
});

it("a good answer whose body stalls is a timeout 10 seconds after the call", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  vi.stubGlobal("fetch", async () => new Response(neverEnding()));
  const failure = failureOf(MINT_SETTINGS);
  await vi.advanceTimersByTimeAsync(10_001);
  expect((await failure).cause?.code).toBe("timeout");
});

function neverEnding(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
}
