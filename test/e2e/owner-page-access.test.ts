import { describe, expect, it } from "vitest";
import { startProject } from "./project.ts";

describe("the owner's page behind Cloudflare Access", () => {
  const AUDIENCE = "a1".repeat(32);

  it.each([
    { name: "opens to an identity that the platform vouches for", aud: AUDIENCE, status: 200 },
    { name: "stays closed to an identity of another application", aud: "b2".repeat(32), status: 403 },
  ])("$name", async ({ aud, status }) => {
    const project = await startProject({
      vars: { OPERATOR_ACCESS_AUDIENCE: AUDIENCE },
      lines: `[access.dev]\naud = "${aud}"\nidentity = { email = "owner@example.com" }`,
    });
    try {
      const response = await fetch(`${project.url}/-/status`);
      await response.arrayBuffer();
      expect(response.status).toBe(status);
      const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
      const change = await fetch(`${project.url}/-/rotate`, { method: "POST", headers: foreign });
      await change.arrayBuffer();
      expect(change.status).toBe(403);
    } finally {
      await project.stop();
    }
  });
});
