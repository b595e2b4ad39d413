import { B2Problem } from "./problem.ts";

/** A download as it reached B2. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
}

/** As it came: `new URL` and Hono would decode parts of it. */
export function rawPath(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*$/s, "");
}

/** The query of a GET, or the JSON object of a POST. Throws 400 `bad_json`. */
export async function readParameters(request: Request): Promise<Record<string, unknown>> {
  if (request.method === "GET" || request.method === "HEAD")
    return Object.fromEntries(new URL(request.url).searchParams);
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new B2Problem(400, "bad_json", "The request body is not a JSON object");
  return { ...body };
}
