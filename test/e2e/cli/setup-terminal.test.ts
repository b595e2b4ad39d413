import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { isMissing } from "../missing-tool.ts";
import { type Project, startProject } from "../project.ts";
import { type CloudflareApi, startCloudflareApi } from "./cloudflare-api.ts";
import { type FrontCache, startFrontCache } from "./front-cache.ts";
import { createScratchProject, type ScratchProject } from "./scratch-project.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

const KEY_ID = "0031f9terminal";
const KEY = "K003keyOf/The+Terminal";
const MISTYPED = "K003keyOf/The+Termnial";

// A deploy is two runs of Wrangler: minutes, on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

describe.skipIf(isMissing("tmux"))("npm run setup in a terminal", () => {
  let site: Project;
  let front: FrontCache;
  let cloudflare: CloudflareApi;
  let project: ScratchProject;
  let terminal: Terminal;
  let config: string;

  beforeAll(async () => {
    const vars = { B2_BUCKET_NAME: "images" };
    site = await startProject({ b2: { keyId: KEY_ID, key: KEY, secondBucket: "pictures" }, vars });
    front = await startFrontCache(() => site.url);
    cloudflare = await startCloudflareApi();
  }, 120_000);
  afterAll(async () => {
    await front?.close();
    await cloudflare?.close();
    await site?.stop();
  });
  beforeEach(() => {
    project = createScratchProject();
    project.editConfig(/^# B2_API_URL = .*$/m, `B2_API_URL = "${site.b2Server.url}"`);
    config = project.read("wrangler.toml");
    Object.assign(project.environment, cloudflare.environment);
  });
  afterEach(async () => {
    terminal.close();
    await project.remove();
    cloudflare.reset();
    front.reset();
  });

  /** Waits until a question is the one that is open: the answered ones stay on the screen. */
  async function isAsked(question: string): Promise<void> {
    await terminal.sees(`◆  ${question}`);
  }

  async function answer(question: string, ...keys: string[]): Promise<void> {
    await isAsked(question);
    for (const key of keys) terminal.press(key);
    terminal.press("Enter");
  }

  async function typeIn(question: string, text: string): Promise<void> {
    await isAsked(question);
    terminal.type(text);
    terminal.press("Enter");
  }

  async function answerUpTo(question: string): Promise<void> {
    await typeIn("The key id of a B2 application key", KEY_ID);
    await typeIn("The key itself (not shown)?", KEY);
    await answer("Which bucket?");
    await answer("Serve only names that begin with this");
    if (question === "Your domain") return await isAsked(question);
    await typeIn("Your domain", "image.example.com");
    await isAsked(question);
  }

  function expectNothingWritten(): void {
    expect(project.has(".dev.vars")).toBe(false);
    expect(project.read("wrangler.toml")).toBe(config);
    expect(cloudflare.uploads).toEqual([]);
  }

  it("asks, tries the key, shows the diff, writes, deploys, waits, examines, and ends with a picture", async () => {
    terminal = openTerminal(project, `npm run --silent setup -- --url ${front.url}`);
    await answerUpTo("Write wrangler.toml and .dev.vars?");
    expect(terminal.screen()).toContain('+pattern = "image.example.com"');
    expect(terminal.screen()).toContain("+B2_APPLICATION_KEY=(hidden)");
    expectNothingWritten();
    await answer("Write wrangler.toml and .dev.vars?");
    await answer("Deploy now?");
    expect(await terminal.ended()).toBe(0);
    expect(terminal.screen()).toContain(`A picture of yours: ${front.url}/blue%20hour.jpg`);
    expect(terminal.screen()).toMatch(/0 wrong, \d+ not checked/);
    expect(terminal.screen()).not.toContain(KEY);
    expect(cloudflare.domains).toEqual({ "b2-image-worker": ["image.example.com"] });
    expect(project.modeOf(".dev.vars")).toBe(0o600);
    expect(project.read(".dev.vars")).toContain(`B2_APPLICATION_KEY=${KEY}\n`);
  });

  it("asks nothing with --yes and options, and comes to the same end", async () => {
    project.write("key.txt", KEY);
    const options = `--yes --key-id ${KEY_ID} --key-file key.txt --bucket images --domain image.example.com`;
    terminal = openTerminal(
      project,
      `npm run --silent setup -- ${options} --dry-run --url ${front.url} --path sunrise.jpg`,
    );
    expect(await terminal.ended()).toBe(0);
    expect(terminal.screen()).toContain("--dry-run: exiting now.");
    expect(terminal.screen()).toMatch(/0 wrong, \d+ not checked/);
    expect(terminal.screen()).toContain(`A picture of yours: ${front.url}/sunrise.jpg`);
    expect(terminal.screen()).not.toContain("◇");
  });

  it("lets a mistyped key be typed again", async () => {
    terminal = openTerminal(project, "npm run --silent setup -- --no-deploy --workers-dev");
    await typeIn("The key id of a B2 application key", KEY_ID);
    await typeIn("The key itself (not shown)?", MISTYPED);
    await answer("Type it again?");
    expect(terminal.screen()).toContain(`B2 refuses the key with the id ${KEY_ID}.`);
    await typeIn("The key id of a B2 application key", KEY_ID);
    await typeIn("The key itself (not shown)?", KEY);
    await answer("Which bucket?", "Down");
    await answer("Serve only names that begin with this");
    await answer("Write wrangler.toml and .dev.vars?");
    expect(await terminal.ended()).toBe(0);
    expect(project.read("wrangler.toml")).toMatch(/^B2_BUCKET_NAME = "pictures"/m);
    expect(terminal.screen()).not.toContain(MISTYPED);
  });

  it("writes nothing on «no»", async () => {
    terminal = openTerminal(project, "npm run --silent setup");
    await answerUpTo("Write wrangler.toml and .dev.vars?");
    await answer("Write wrangler.toml and .dev.vars?", "n");
    expect(await terminal.ended()).toBe(0);
    expect(terminal.screen()).toContain("Nothing was written.");
    expectNothingWritten();
  });

  it.each(["The key id of a B2 application key", "Your domain", "Write wrangler.toml and .dev.vars?"])(
    "writes nothing on Ctrl-C at «%s»",
    async (question) => {
      terminal = openTerminal(project, "node src/cli/setup.ts");
      if (question.startsWith("The key id")) await isAsked(question);
      else await answerUpTo(question);
      terminal.press("C-c");
      expect(await terminal.ended()).toBe(130);
      expect(terminal.screen()).toContain("Nothing was written.");
      expectNothingWritten();
    },
  );

  it("keeps what is written on Ctrl-C at the deploy, and says how to go on", async () => {
    terminal = openTerminal(project, "node src/cli/setup.ts");
    await answerUpTo("Write wrangler.toml and .dev.vars?");
    await answer("Write wrangler.toml and .dev.vars?");
    await isAsked("Deploy now?");
    terminal.press("C-c");
    expect(await terminal.ended()).toBe(130);
    expect(terminal.screen()).toContain("The files are written. Deploy later with: npm run deploy");
    expect(project.has(".dev.vars")).toBe(true);
    expect(cloudflare.uploads).toEqual([]);
  });

  it("does not take over a busy domain, and says what to do", async () => {
    cloudflare.busyHosts.add("image.example.com");
    terminal = openTerminal(project, "npm run --silent setup -- --deploy");
    await answerUpTo("Write wrangler.toml and .dev.vars?");
    await answer("Write wrangler.toml and .dev.vars?");
    // Wrangler's own question.
    await terminal.sees("Update them to point to this script instead?");
    terminal.press("n");
    terminal.press("Enter");
    expect(await terminal.ended()).toBe(1);
    expect(terminal.screen()).toContain("image.example.com has another DNS record. Delete that record");
    expect(cloudflare.domains).toEqual({});
  });
});
