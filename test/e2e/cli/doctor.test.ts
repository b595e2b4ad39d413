import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Project, startProject } from "../../local-site/worker-under-dev.ts";
import { type Fault, type FrontCache, startFrontCache } from "./front-cache.ts";
import { createScratchProject, type Outcome, type ScratchProject } from "./scratch-project.ts";

const SIGNING = "k1:the signing secret of these tests";
const RIGHTS = ["readFiles", "shareFiles", "listFiles", "listBuckets"];
const KEY = { B2_APPLICATION_KEY_ID: "local-key-id", B2_APPLICATION_KEY: "local-key" };
const PICTURE = "/blue%20hour.jpg";

interface Finding {
  check: string;
  verdict: string;
  text: string;
  advice?: string;
}

let site: Project;
let front: FrontCache;
let project: ScratchProject;
let config: string;

beforeAll(async () => {
  const secrets = { URL_SIGNING_KEYS: SIGNING };
  site = await startProject({ b2: { capabilities: RIGHTS }, vars: { PRIVATE_PREFIXES: "private" }, secrets });
  site.b2.put("images", "private/plan.png", { content: "x".repeat(500), contentType: "image/png" });
  front = await startFrontCache(() => site.url);
  project = createScratchProject();
  project.editConfig(/^# B2_API_URL = .*$/m, `B2_API_URL = "${site.b2Server.url}"`);
  project.editConfig(/^# PRIVATE_PREFIXES = .*$/m, 'PRIVATE_PREFIXES = "private"');
  project.editConfig(/^# INDEX_FILE = .*$/m, 'INDEX_FILE = "index.html"');
  config = project.read("wrangler.toml");
}, 120_000);
afterAll(async () => {
  await front?.close();
  await site?.stop();
  project?.remove();
});
beforeEach(() => {
  front.reset();
  site.b2.reset();
  site.b2.setKey({ capabilities: RIGHTS });
  project.write("wrangler.toml", config);
  writeSecrets({ ...KEY, URL_SIGNING_KEYS: SIGNING });
});

describe("npm run doctor calls a good site good", () => {
  it("with a line for each check, and in at most 20 requests, as it says", async () => {
    const { exitCode, stdout, stderr } = await project.run("doctor", ["--url", front.url]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Examining http:\S+ with at most 20 requests\. Nothing is changed\.\n/);
    expect(stdout.match(/^(✗|!) .*$/m)).toBeNull();
    for (const check of GOOD_CHECKS) expect(stdout).toMatch(new RegExp(`^✓ ok {6}${check}: .*$`, "m"));
    expect(stdout).toMatch(/\n\d+ ok, 0 to look at, 0 wrong, \d+ not checked; \d+ requests\.\n$/);
    expect(front.asked + callsToB2()).toBeLessThanOrEqual(20);
    expectNoSecret(stdout);
  });

  it("as JSON, with how many requests it asked", async () => {
    const report = reportOf(await project.run("doctor", ["--url", front.url, "--json"]));
    expect(report).toMatchObject({ url: front.url, ok: true, requests: front.asked + callsToB2() });
    expect(report.checks.filter(({ verdict }) => verdict === "unknown").map(({ check }) => check)).toEqual([
      ...["certificate", "addresses", "hotlinks"],
      ...["deleted-key", "token-scope", "several-ranges", "large-files", "cron", "purge"],
    ]);
  });

  it("through npm, with the picture and the private file that it is given, whatever the key may list", async () => {
    site.b2.setKey({ capabilities: ["readFiles", "shareFiles"] });
    const paths = ["--path", "sunrise.jpg", "--private-path", "/private/plan.png"];
    const { stdout, exitCode } = await project.npm("doctor", ["--url", front.url, ...paths]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("picture: /sunrise.jpg is image/jpeg");
    expect(stdout).toContain("signed-range: A part of a signed file comes as 206.");
  });

  it("without a key here, as far as it can be seen", async () => {
    project.removeFile(".dev.vars");
    const report = reportOf(await project.run("doctor", ["--url", front.url, "--path", PICTURE, "--json"]));
    expect(report.ok).toBe(true);
    expect(verdictOf(report.checks, "key")).toBe("unknown");
    expect(verdictOf(report.checks, "range")).toBe("ok");
    expect(verdictOf(report.checks, "private")).toBe("ok");
  });
});

const GOOD_CHECKS = [
  ...["settings", "key", "rights", "bucket", "dns", "health", "picture", "cache", "cache-control", "range", "head"],
  ...["not-modified", "query", "private", "signed", "signed-range", "wrong-signature", "missing", "fields"],
];

describe("npm run doctor finds what is wrong with a site", () => {
  it.each<[string, string, string, Fault]>([
    [
      "a zone that raises max-age",
      "cache-control",
      "«public, max-age=604800» instead of «public, max-age=86400»",
      raise(604_800),
    ],
    ["fields of B2", "fields", "x-bz-file-id", ({ headers }) => headers.set("X-Bz-File-Id", "4_z")],
    ["a proxy that does not know ranges", "range", "200 came", withoutRanges],
    ["a proxy that cuts the wrong bytes", "range", "other bytes", shiftPart],
    ["a picture without its ETag", "picture", "no ETag", ({ headers }) => headers.delete("ETag")],
    ["a picture that is changed on the way", "picture", "41084 bytes came, and B2 has 41085", cutPicture],
    [
      "a page in place of the picture",
      "picture",
      "text/html",
      on(PICTURE, ({ headers }) => headers.set("Content-Type", "text/html")),
    ],
    ["a challenge", "picture", "shows a challenge", on(PICTURE, challenge)],
    ["a health that is down", "health", "The site says down", on("/-/health", down)],
    ["another site at the address", "health", "not in the words of this Worker", on("/-/health", page)],
    ["a browser that gets all again", "not-modified", "200 instead of 304", neverNotModified],
    ["HEAD refused", "head", "HEAD answers 405", refuseHead],
    [
      "a missing file that is kept for a day",
      "missing",
      "max-age=86400",
      (answer, asked) => {
        if (answer.status === 404) raise(86_400)(answer, asked);
      },
    ],
    [
      "a missing file that is an error",
      "missing",
      "502 instead of 404",
      (answer) => {
        if (answer.status === 404) answer.status = 502;
      },
    ],
    [
      "private files for everybody",
      "private",
      "200 without a signed link",
      (answer) => {
        if (answer.status === 403) answer.status = 200;
      },
    ],
    ["signed files that come whole", "signed-range", "200 with 500 bytes came", withoutSignedRanges],
  ])("%s", async (_, check, words, fault) => {
    front.fault = fault;
    expectWrong(await examine(), check, words);
  });

  it("a site that is never answered by the cache", async () => {
    front.isOff = true;
    const report = expectWrong(await examine(), "cache", "does not keep the picture (BYPASS)");
    expect(report.find(({ check }) => check === "cache")?.advice).toContain("[cache] enabled = true");
  });

  it("a foreign query that may cost a download", async () => {
    front.isInnerOff = true;
    expect(verdictOf(reportOf(await examine()).checks, "query")).toBe("note");
  });

  it("a site without any cache in front", async () => {
    expectWrong(await examine([site.url]), "cache", "No Cf-Cache-Status");
  });

  it.each<[string, string, string, () => void]>([
    [
      "a folder that is private here and open there",
      "private",
      "drafts/ answers 404",
      () => setVariable("PRIVATE_PREFIXES", '"drafts"'),
    ],
    [
      "hotlink protection that is not deployed",
      "hotlinks",
      "gets 200 instead of 403",
      () => setVariable("ALLOWED_REFERERS", '"example.com"'),
    ],
    [
      "another signing key there than here",
      "signed",
      "A signed link gets 403",
      () => writeSecrets({ ...KEY, URL_SIGNING_KEYS: "k1:another secret of these tests" }),
    ],
    [
      "a variable that does not parse",
      "settings",
      "TOKEN_VALID_SECONDS should hold",
      () => setVariable("TOKEN_VALID_SECONDS", "60"),
    ],
    [
      "a wrong key",
      "key",
      "B2 refuses the key with the id nobody",
      () => writeSecrets({ B2_APPLICATION_KEY_ID: "nobody", B2_APPLICATION_KEY: "nothing", URL_SIGNING_KEYS: SIGNING }),
    ],
    [
      "a key without shareFiles",
      "key",
      "gives no download token",
      () => site.b2.setKey({ capabilities: ["readFiles"] }),
    ],
    ["B2 away", "b2", "127.0.0.1 cannot be reached", () => setVariable("B2_API_URL", '"http://127.0.0.1:9"')],
    [
      "a clock that is off",
      "health",
      "The clock of this machine is 5 hours ahead",
      () => {
        front.fault = ({ headers }) => headers.set("Date", new Date(Date.now() - 5 * 3_600_000).toUTCString());
      },
    ],
  ])("%s", async (_, check, words, plant) => {
    plant();
    expectWrong(await examine([front.url, "--path", PICTURE]), check, words);
  });

  it("a host that there is not, and stops there", async () => {
    const report = expectWrong(await examine(["https://image.invalid"]), "dns", "image.invalid cannot be found");
    expect(report.map(({ check }) => check).slice(-2)).toEqual(["dns", "rest"]);
  });

  it("a certificate that is not trusted", async () => {
    // Anything that listens and speaks no TLS.
    expectWrong(await examine([front.url.replace("http:", "https:")]), "certificate", "certificate");
  });

  it("and tells what can be better: a mighty key, a public bucket", async () => {
    site.b2.setKey({ capabilities: [...RIGHTS, "writeFiles", "deleteFiles"] });
    const { checks, ok } = reportOf(await examine());
    expect(ok).toBe(true);
    const rights = checks.find(({ check }) => check === "rights");
    expect(rights).toMatchObject({ verdict: "note", text: expect.stringContaining("may writeFiles, deleteFiles") });
    expect(rights?.advice).toBe("Narrower: b2 key create --bucket images b2-image-worker readFiles,shareFiles");
  });
});

describe("npm run doctor says what is wrong with its command line, with exit code 2", () => {
  it.each<[string, string[], string]>([
    ["no site anywhere", [], "--url is missing"],
    ["a site with a path", ["--url", "https://image.example.com/x"], "--url must be your site without a path"],
    ["a site in plain text", ["--url", "http://image.example.com"], "--url must begin with https://"],
    ["a folder as a picture", ["--url", "https://image.example.com", "--path", "photos/"], "not to a folder"],
    ["an unknown option", ["--site", "x"], "npm run doctor -- --help"],
  ])("%s", async (_, args, sentence) => {
    const { exitCode, stderr } = await project.run("doctor", args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("and --help tells all options", async () => {
    const { exitCode, stdout } = await project.run("doctor", ["--help"]);
    expect(exitCode).toBe(0);
    for (const option of ["--url", "--path", "--private-path", "--other-url", "--env", "--json"])
      expect(stdout).toContain(option);
  });
});

async function examine([url = front.url, ...args]: string[] = []): Promise<Outcome> {
  return await project.run("doctor", ["--url", url, "--json", ...args]);
}

function reportOf({ stdout }: Outcome): { ok: boolean; requests: number; checks: Finding[] } {
  return JSON.parse(stdout);
}

function verdictOf(checks: Finding[], name: string): string | undefined {
  return checks.find(({ check }) => check === name)?.verdict;
}

function expectWrong(outcome: Outcome, name: string, words: string): Finding[] {
  const { ok, checks } = reportOf(outcome);
  expect({ ok, exitCode: outcome.exitCode, stderr: outcome.stderr }).toEqual({ ok: false, exitCode: 1, stderr: "" });
  const finding = checks.find(({ check }) => check === name);
  expect(finding).toMatchObject({ verdict: "wrong", text: expect.stringContaining(words), advice: expect.any(String) });
  expectNoSecret(outcome.stdout);
  return checks;
}

function expectNoSecret(text: string): void {
  for (const secret of ['local-key"', SIGNING, "the signing secret", "4_account_", "4_download_", "sig="])
    expect(text).not.toContain(secret);
}

function writeSecrets(secrets: Record<string, string>): void {
  project.write(
    ".dev.vars",
    Object.entries(secrets)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
  );
}

function setVariable(name: string, value: string): void {
  project.editConfig(new RegExp(`^(?:# )?${name} = .*$`, "m"), `${name} = ${value}`);
}

function callsToB2(): number {
  const { b2_download_file_by_name: _, ...api } = site.b2.stats().operations;
  // The Worker itself downloads with GET: it has the cache in front.
  const ownDownloads = site.b2.requests.filter(({ method }) => method === "HEAD").length;
  return ownDownloads + Object.values(api).reduce((sum, { calls }) => sum + calls, 0);
}

function on(path: string, fault: Fault): Fault {
  return (answer, asked) => {
    if (asked.path === path) fault(answer, asked);
  };
}

function raise(seconds: number): Fault {
  return ({ headers }) => headers.set("Cache-Control", `public, max-age=${seconds}`);
}

function withoutRanges(answer: Parameters<Fault>[0]): void {
  if (answer.status !== 206) return;
  answer.status = 200;
  answer.headers.delete("Content-Range");
}

function withoutSignedRanges(answer: Parameters<Fault>[0], { path }: Parameters<Fault>[1]): void {
  if (!path.includes("sig=") || answer.status !== 206) return;
  withoutRanges(answer);
  answer.headers.delete("Content-Length");
  answer.body = Buffer.alloc(500);
}

function shiftPart(answer: Parameters<Fault>[0]): void {
  if (answer.status === 206) answer.body = Buffer.alloc(answer.body.length, "?");
}

function cutPicture(answer: Parameters<Fault>[0]): void {
  if (answer.status !== 200 || !answer.headers.get("Content-Type")?.startsWith("image/")) return;
  answer.body = answer.body.subarray(1);
  answer.headers.set("Content-Length", String(answer.body.length));
}

function challenge(answer: Parameters<Fault>[0]): void {
  page(answer);
  answer.status = 403;
  answer.headers.set("Cf-Mitigated", "challenge");
}

function down(answer: Parameters<Fault>[0]): void {
  answer.status = 503;
  setText(answer, '{"status":"down","cause":"key"}');
}

function page(answer: Parameters<Fault>[0]): void {
  answer.status = 200;
  setText(answer, "<h1>Hello</h1>");
  answer.headers.set("Content-Type", "text/html");
}

function setText(answer: Parameters<Fault>[0], text: string): void {
  answer.body = Buffer.from(text);
  for (const name of ["Content-Length", "Content-Encoding"]) answer.headers.delete(name);
}

function neverNotModified(answer: Parameters<Fault>[0]): void {
  if (answer.status === 304) answer.status = 200;
}

function refuseHead(answer: Parameters<Fault>[0], { method }: Parameters<Fault>[1]): void {
  if (method === "HEAD") answer.status = 405;
}
