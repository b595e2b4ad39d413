import type { SettingProblem } from "../settings.ts";
import type { Health } from "./health.ts";

/** 200 while images are served, 503 when not; in no cache. */
export function healthResponse(health: Health): Response {
  const status = health.status === "down" ? 503 : 200;
  return Response.json(health, {
    status,
    headers: {
      "Cache-Control": "no-store",
      "Cloudflare-CDN-Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    },
  });
}

/** Names each setting that does not parse and what it should hold, never its value. */
export function healthOfProblems(problems: SettingProblem[]): Health {
  return { status: "down", reason: problems.map(({ name, expected }) => `${name} should hold ${expected}`).join("; ") };
}
