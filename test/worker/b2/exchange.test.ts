import { beforeEach, expect, it, vi } from "vitest";
import { B2_REQUEST, type Exchange, exchange } from "../../../src/b2/exchange.ts";
import { readText } from "../../../src/b2/read-text.ts";

const ASKED: Exchange = {
  operation: "b2_some_call",
  url: "https://f002.backblazeb2.com/file/images/cat.jpg",
  init: { ...B2_REQUEST, method: "GET", headers: { Authorization: "4_download_0123" } },
  timeoutMs: 1_000,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

/** Answers every `fetch` with this, and collects the requests. */
function answering(answer: (request: Request) => Promise<Response>): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    requests.push(request);
    return await answer(request);
  });
  return requests;
}

it("sends the fields that it is given and no others, past every cache, and follows no redirect", async () => {
  const requests = answering(async () => new Response("hello"));
  await exchange(ASKED);
  const [request] = requests;
  expect([request?.method, request?.url, request?.cache, request?.redirect]).toEqual([
    "GET",
    ASKED.url,
    "no-store",
    "manual",
  ]);
  expect(Object.fromEntries(request?.headers ?? [])).toEqual({ authorization: "4_download_0123" });
});

it.each([200, 302, 401, 503])("gives the response whatever its status: %i", async (status) => {
  answering(async () => new Response(null, { status }));
  expect((await exchange(ASKED)).status).toBe(status);
});

it("a connection that fails is unreachable, with the cause", async () => {
  const cause = new TypeError("connection refused");
  answering(() => Promise.reject(cause));
  await expect(exchange(ASKED)).rejects.toMatchObject({ code: "unreachable", operation: "b2_some_call", cause });
});

it("no response fields in time is a timeout, and neither sooner nor later", async () => {
  answering(({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))));
  const outcome = exchange(ASKED).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(999);
  expect(await Promise.race([outcome, "still waiting"])).toBe("still waiting");
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toMatchObject({ code: "timeout", operation: "b2_some_call" });
});

it("the body may take longer than the fields", async () => {
  answering(async ({ signal }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal.addEventListener("abort", () => controller.error(signal.reason));
        setTimeout(() => {
          controller.enqueue(new TextEncoder().encode("late"));
          controller.close();
        }, 60_000);
      },
    });
    return new Response(body);
  });
  const response = await exchange(ASKED);
  const text = response.text();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await text).toBe("late");
});

it("a text is read whole, or not at all, and in a bounded time", async () => {
  expect(await readText(new Response("hello"), 1_000)).toEqual({ kind: "text", text: "hello" });
  const cause = new TypeError("reset");
  const broken = new ReadableStream({ pull: (controller) => controller.error(cause) });
  expect(await readText(new Response(broken), 1_000)).toEqual({ kind: "broken", cause });
  const reading = readText(new Response(new ReadableStream({ pull: () => new Promise(() => undefined) })), 1_000);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await reading).toEqual({ kind: "timeout" });
});
