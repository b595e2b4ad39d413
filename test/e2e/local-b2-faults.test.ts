import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type LocalB2Server, startLocalB2 } from "../local-b2/serve.ts";

const DOWNLOAD = "b2_download_file_by_name";

let server: LocalB2Server;
let url: string;
beforeAll(async () => {
  server = await startLocalB2({ files: { "red cat.txt": { content: "a red cat, and quite a long one" } } });
  url = server.url;
});
afterAll(() => server?.close());

async function post(to: string, body: unknown): Promise<Response> {
  return await fetch(to, { method: "POST", body: JSON.stringify(body) });
}

async function authorize(): Promise<Response> {
  const headers = { Authorization: `Basic ${btoa("local-key-id:local-key")}` };
  return await fetch(`${url}/b2api/v4/b2_authorize_account`, { headers });
}

describe("the controls for faults, counters and the clock", () => {
  it("count calls with their class, fail by order, move the clock, and reset all", async () => {
    // The server tells of the connection that breaks in the middle.
    vi.spyOn(console, "error").mockReturnValue();
    const { authorizationToken } = (await (await authorize()).json()) as { authorizationToken: string };
    const get = () => fetch(`${url}/file/images/red%20cat.txt`, { headers: { Authorization: authorizationToken } });
    const faults: object[] = [
      { operation: DOWNLOAD, times: 2, status: 503, code: "service_unavailable", retryAfterSeconds: 7 },
      { operation: DOWNLOAD, delayMs: 150 },
      { operation: DOWNLOAD, reset: "before" },
      { operation: DOWNLOAD, reset: "middle" },
      { operation: DOWNLOAD, expireTokens: true },
    ];
    expect((await post(`${url}/_local/faults`, faults)).status).toBe(200);
    for (let n = 0; n < 2; n += 1) {
      const refused = await get();
      expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "7"]);
      expect(await refused.json()).toMatchObject({ status: 503, code: "service_unavailable" });
    }
    const before = performance.now();
    expect((await get()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(145);
    await expect(get()).rejects.toThrow();
    await expect((await get()).text()).rejects.toThrow();
    expect((await get()).status).toBe(401);
    expect(await (await fetch(`${url}/_local/stats`)).json()).toEqual({
      operations: { b2_authorize_account: { calls: 1, class: "C" }, [DOWNLOAD]: { calls: 6, class: "B" } },
    });
    const day = await post(`${url}/_local/clock`, { advanceSeconds: 86_400 });
    expect(Date.parse(((await day.json()) as { now: string }).now)).toBeGreaterThan(Date.now() + 86_000_000);
    await post(`${url}/_local/reset`, {});
    expect(await (await fetch(`${url}/_local/stats`)).json()).toEqual({ operations: {} });
  });

  it.each([
    ["faults", {}, "A list of faults is needed"],
    ["faults", [{ status: 503 }], "Each fault needs an operation"],
    ["faults", [{ operation: "b2_dance" }], "There is no operation b2_dance"],
    ["faults", [{ operation: DOWNLOAD, colour: "red" }], "A fault has no member colour"],
    ["faults", [{ operation: DOWNLOAD, reset: "sideways" }], 'reset must be "before" or "middle"'],
    ["clock", { advanceSeconds: "soon" }, "advanceSeconds: Invalid type: Expected number but received"],
  ])("refuse /_local/%s %j with a reason", async (control, body, reason) => {
    const answer = await post(`${url}/_local/${control}`, body);
    expect([answer.status, await answer.json()]).toMatchObject([400, { message: expect.stringContaining(reason) }]);
  });
});
