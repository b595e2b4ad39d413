import { describe, expect, it, vi } from "vitest";
import type { LogFields } from "../../../src/log.ts";
import { sendAlert } from "../../../src/rotation/alert.ts";

const URL_OF_HOOK = "https://hooks.example/services/distinctive-path";

/** Sends an alert to a webhook that gives this answer. */
async function sendTo(answer: (request: Request) => Promise<Response>) {
  const requests: Request[] = [];
  const logs: { level: string; event: string; fields: LogFields | undefined }[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    requests.push(request.clone());
    return await answer(request);
  });
  await sendAlert(URL_OF_HOOK, { event: "rotation.failed", text: "It rains." }, (level, event, fields) => {
    logs.push({ level, event, fields });
  });
  return { requests, logs };
}

it("is one POST of JSON that Slack and Discord both show", async () => {
  const { requests, logs } = await sendTo(async () => new Response("ok"));
  expect(requests).toHaveLength(1);
  const [request] = requests;
  expect([request?.method, request?.url, request?.headers.get("Content-Type")]).toEqual([
    "POST",
    URL_OF_HOOK,
    "application/json",
  ]);
  expect(await request?.json()).toEqual({ event: "rotation.failed", text: "It rains.", content: "It rains." });
  expect(logs).toEqual([]);
});

it("takes 204, which is Discord's answer, as well", async () => {
  expect((await sendTo(async () => new Response(null, { status: 204 }))).logs).toEqual([]);
});

it("follows no redirect: the URL is a secret, and the alert is for one place", async () => {
  const { requests } = await sendTo(async () => new Response());
  expect(requests[0]?.redirect).toBe("manual");
});

describe("never throws, never tells the URL, and is logged once, when the webhook", () => {
  const faults: [string, () => Promise<Response>, LogFields][] = [
    ["answers 404", async () => new Response("no", { status: 404 }), { status: 404 }],
    ["answers 500", async () => new Response("no", { status: 500 }), { status: 500 }],
    ["redirects", async () => new Response(null, { status: 302, headers: { Location: "/" } }), { status: 302 }],
    [
      "cannot be reached",
      async () => {
        throw new TypeError(`Fetch of ${URL_OF_HOOK} failed`);
      },
      { error: "TypeError" },
    ],
    [
      "throws what is no error",
      async () => {
        throw URL_OF_HOOK;
      },
      { error: "a thrown value that is not an Error" },
    ],
  ];

  it.each(faults)("%s", async (_, answer, fields) => {
    const { logs } = await sendTo(answer);
    expect(logs).toEqual([{ level: "error", event: "alert.failed", fields }]);
  });

  it("hangs: after 10 seconds", async () => {
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => abortAt(ms));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const sending = sendTo(async ({ signal }) => {
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return new Response();
    });
    await vi.advanceTimersByTimeAsync(9_999);
    const early = await Promise.race([sending, "still waiting"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(early).toBe("still waiting");
    expect((await sending).logs).toEqual([
      { level: "error", event: "alert.failed", fields: { error: "TimeoutError" } },
    ]);
  });
});

/** `AbortSignal.timeout` keeps to the real clock; this one keeps to the faked one. */
function abortAt(ms: number): AbortSignal {
  const abort = new AbortController();
  setTimeout(() => abort.abort(new DOMException("The operation timed out", "TimeoutError")), ms);
  return abort.signal;
}
