import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Project, startProject } from "./project.ts";
import { KEYS, npmRunSign, type Outcome, sign } from "./run-sign.ts";

const TYPICAL = ["/private/cat.jpg"];

function linkOf({ exitCode, stdout, stderr }: Outcome): URL {
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/^https?:\S+\n$/);
  return new URL(stdout);
}

describe("npm run sign, and the Worker", () => {
  let project: Project;

  beforeAll(async () => {
    project = await startProject({
      vars: { PRIVATE_PREFIXES: "private", VERSION_PARAMETER: "v" },
      secrets: { URL_SIGNING_KEYS: KEYS },
    });
    for (const name of ["cat.jpg", "red cat #1?.jpg", "100%25 山水+.jpg"])
      project.b2.put("images", `private/${name}`, { content: `at home: ${name}`, contentType: "image/jpeg" });
  });
  afterAll(() => project?.stop());

  it("prints a link that opens the file until it expires", async () => {
    const outcome = await npmRunSign(["/private/cat.jpg", "--expires", "1h", "--base-url", project.url]);
    const link = linkOf(outcome);
    expect(`${link.origin}${link.pathname}`).toBe(`${project.url}/private/cat.jpg`);
    expect(link.searchParams.get("kid")).toBe("k2");
    const livesSeconds = Number(link.searchParams.get("exp")) - Date.now() / 1000;
    expect(livesSeconds).toBeGreaterThan(3590);
    expect(livesSeconds).toBeLessThanOrEqual(3600);
    const opened = await fetch(link);
    expect([opened.status, await opened.text()]).toEqual([200, "at home: cat.jpg"]);
    expect(opened.headers.get("Cache-Control")).toMatch(/^private, max-age=3(?:600|59\d)$/);
    link.searchParams.set("exp", String(Number(link.searchParams.get("exp")) + 1));
    expect((await fetch(link)).status).toBe(403);
    expect((await fetch(`${project.url}/private/cat.jpg`)).status).toBe(403);
  });

  it.each(["private/cat.jpg", "/private/red cat #1?.jpg", "/private/100%25 山水+.jpg"])(
    "takes the path in plain letters: %s",
    async (path) => {
      const opened = await fetch(linkOf(await sign([path, "--base-url", `${project.url}/`])));
      expect(await opened.text()).toBe(`at home: ${path.replace(/^\/?private\//, "")}`);
    },
  );

  it.each(["/private/", "private/2026/"])("prints a link that opens a folder: %s", async (folder) => {
    const name = `${folder.replace(/^\//, "")}cat & dog.jpg`;
    project.b2.put("images", name, { content: "at home", contentType: "image/jpeg" });
    const link = linkOf(await npmRunSign([folder, "--expires", "14d", "--base-url", project.url]));
    const page = await fetch(link);
    expect([page.status, page.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    const href = /href="([^"]*cat%20&amp;%20dog\.jpg[^"]*)"/.exec(await page.text())?.[1]?.replaceAll("&amp;", "&");
    const opened = await fetch(new URL(href ?? "", link));
    expect([opened.status, await opened.text()]).toEqual([200, "at home"]);
    expect((await fetch(link.href.replace(/\?.*/, ""))).status).toBe(403);
  });

  it("makes a link to a version, which opens that one alone", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "b2-image-worker-sign-"));
    writeFileSync(join(cwd, "wrangler.toml"), '[vars]\nPRIVATE_PREFIXES = "private"\nVERSION_PARAMETER = "v"\n');
    const args = [...TYPICAL, "--version", "3.1", "--base-url", project.url];
    const link = linkOf(await sign(args, { keys: KEYS, cwd }));
    rmSync(cwd, { recursive: true });
    expect(link.search).toMatch(/^\?v=3\.1&exp=/);
    expect(await (await fetch(link)).text()).toBe("at home: cat.jpg");
    for (const version of ["v=3.2", "v=", "w=3.1"]) {
      expect((await fetch(link.href.replace("v=3.1", version))).status).toBe(403);
    }
  });

  it("makes a link that is over when its time is", async () => {
    const link = linkOf(await sign([...TYPICAL, "--expires", "1s", "--base-url", project.url]));
    const leftMs = Number(link.searchParams.get("exp")) * 1000 - Date.now();
    await new Promise((resolve) => setTimeout(resolve, leftMs + 50));
    expect((await fetch(link)).status).toBe(403);
  });

  // As they are on the wire: `fetch` would tidy the path up.
  it.each<[string, Record<string, string>]>([
    ["/private/cat.jpg", {}],
    ["/x/../private/cat.jpg", {}],
    ["/./private/cat.jpg", {}],
    ["/%2e/private/cat.jpg", {}],
    ["//private/cat.jpg", {}],
    ["/private\\cat.jpg", {}],
    ["/private/cat.jpg#?", {}],
    ["/%70rivate/cat.jpg", {}],
    ["/file/images/private/cat.jpg", {}],
    ["/Images/private/cat.jpg", {}],
    ["http://images/private/cat.jpg", {}],
    ["/private/cat.jpg", { Host: "Images" }],
    ["/private/cat.jpg", { "X-Client-Address": "127.0.0.1", "CF-Worker": "Images", "CF-EW-Via": "15" }],
    ["/", { "X-Original-URL": "/private/cat.jpg", "X-Rewrite-URL": "/private/cat.jpg" }],
  ])("nothing reaches Images past the check: %s %j", async (path, headers) => {
    const { status, body } = await askRaw(path, headers);
    expect(body).not.toContain("at home");
    expect([200, 400, 403, 404]).toContain(status);
    if (status === 200) expect(path).toBe("/");
  });

  function askRaw(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
    const { hostname, port } = new URL(project.url);
    return new Promise((resolve, reject) => {
      const asking = request({ hostname, port, path, headers }, async (response) => {
        resolve({ status: response.statusCode ?? 0, body: await text(response) });
      });
      asking.on("error", reject).end();
    });
  }
});

describe("npm run sign takes the keys", () => {
  const other = "k7:the secret that .dev.vars holds";
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "b2-image-worker-sign-"));
    writeFileSync(join(folder, ".dev.vars"), `B2_APPLICATION_KEY_ID=x\nURL_SIGNING_KEYS="${other}" # for links\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["from .dev.vars", undefined, "k7"],
    ["from .dev.vars when the variable is empty", "", "k7"],
    ["from the environment first", KEYS, "k2"],
  ])("%s", async (_, keys, id) => {
    expect(linkOf(await sign(TYPICAL, { cwd: folder, keys })).searchParams.get("kid")).toBe(id);
  });
});

describe("npm run sign, with a key of the shell and one of .dev.vars", () => {
  it.each([
    [
      "tells that they differ",
      "k9:the secret of the file",
      "Note: Signed with URL_SIGNING_KEYS of the shell, not with that of .dev.vars.\n",
    ],
    ["says nothing when they are the same", KEYS, ""],
  ])("%s", async (_, ofFile, note) => {
    const folder = mkdtempSync(join(tmpdir(), "b2-image-worker-sign-"));
    writeFileSync(join(folder, ".dev.vars"), `URL_SIGNING_KEYS="${ofFile}"\n`);
    const { stdout, stderr } = await sign(["/private/cat.jpg", "--base-url", "https://image.example.com"], {
      keys: KEYS,
      cwd: folder,
    });
    expect(stdout).toContain("&kid=k2&");
    expect(stderr).toBe(note);
    rmSync(folder, { recursive: true });
  });
});
