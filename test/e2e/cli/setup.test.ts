import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startLocalB2 } from "../../local-b2/serve.ts";
import { ALL, expectRefused, IN_SHELL, KEY, KEY_ID, type SetupPlace, setup, useSetupPlace } from "./setup-place.ts";

const OLD_FILE = [
  "bucket images",
  "bucketId BUCKET_ID",
  `keyId ${KEY_ID}`,
  `key ${KEY}`,
  "domain pictures.example.com",
];
const UNNEEDED = ["account 0123", "apiKey cloudflare-key-of-old", "worker old-worker"];

const place = useSetupPlace();

describe("npm run setup with options asks nothing", () => {
  it("and writes wrangler.toml with every comment, and .dev.vars for its owner alone", async () => {
    const { exitCode, stdout, stderr } = await setup(place, ALL, IN_SHELL);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const written = place.project.read("wrangler.toml");
    expect(written).toContain('\n[[routes]]\npattern = "image.example.com"\ncustom_domain = true\n');
    expect(written).toMatch(/^workers_dev = false$/m);
    expect(written).toMatch(/^B2_BUCKET_NAME = "images" +# which bucket/m);
    expect(linesOnlyIn(place.config, written)).toEqual([
      "workers_dev = true",
      "# [[routes]]",
      '# pattern = "image.example.com"',
      expect.stringMatching(/^# B2_BUCKET_NAME = "your-bucket" +# which bucket/),
    ]);
    expect(place.project.read(".dev.vars")).toBe(
      place.project
        .read(".dev.vars.example")
        .replace("B2_APPLICATION_KEY_ID=", `B2_APPLICATION_KEY_ID=${KEY_ID}`)
        .replace("B2_APPLICATION_KEY=\n", `B2_APPLICATION_KEY=${KEY}\n`),
    );
    expect(place.project.modeOf(".dev.vars")).toBe(0o600);
    expect(stdout).toContain(`+B2_APPLICATION_KEY_ID=${KEY_ID}`);
  });

  it("and changes only what changed when it runs again", async () => {
    await setup(place, ALL, IN_SHELL);
    place.project.write(".dev.vars", `${place.project.read(".dev.vars")}ALERT_WEBHOOK_URL=https://alert.example/1\n`);
    const [first, secrets] = [place.project.read("wrangler.toml"), place.project.read(".dev.vars")];
    const same = await setup(place, ALL);
    expect(same.stdout).toContain("wrangler.toml and .dev.vars have these values already.");
    expect([place.project.read("wrangler.toml"), place.project.read(".dev.vars")]).toEqual([first, secrets]);
    await setup(place, [
      ...ALL,
      "--bucket",
      "pictures",
      "--prefix",
      "photos/",
      "--domain",
      "i.example.com",
      "--name",
      "second",
    ]);
    expect(linesOnlyIn(place.project.read("wrangler.toml"), first)).toEqual([
      'name = "second"',
      'pattern = "i.example.com"',
      expect.stringMatching(/^B2_BUCKET_NAME = "pictures" +# which/),
      expect.stringMatching(/^B2_FILE_NAME_PREFIX = "photos\/" +# only/),
    ]);
    expect(place.project.read(".dev.vars")).toBe(secrets);
  });

  it("and shows rights and bucket, and warns of more than is needed, with the command for less", async () => {
    setKey(place, ["readFiles", "shareFiles", "writeFiles", "listBuckets"], ["images"]);
    const { stdout } = await setup(place, ALL, IN_SHELL);
    expect(stdout).toContain("It may: readFiles, shareFiles, writeFiles, listBuckets.");
    expect(stdout).toMatch(/^! note {4}rights: The key has writeFiles, more than is needed\./m);
    expect(stdout).toContain("b2 key create --bucket images b2-image-worker readFiles,shareFiles");
    expect(stdout).toContain("bucket: The bucket images is private.");
  });

  it("and says that the key reaches every bucket, which ones, and that this one is public", async () => {
    const options = { keyId: KEY_ID, key: KEY, secondBucket: "pictures", unrestricted: true, isPublic: true };
    const open = await startLocalB2(options);
    place.project.editConfig(place.b2.url, open.url);
    const { stderr } = await setup(place, ["--yes", "--workers-dev", "--no-deploy"], IN_SHELL);
    expect(stderr).toContain("--bucket is missing (Which bucket? The key reaches images, pictures)");
    const { stdout } = await setup(place, ALL, IN_SHELL);
    expect(stdout).toMatch(/^! note {4}rights: The key has .* and reaches every bucket, more than is needed\./m);
    expect(stdout).toMatch(/^! note {4}bucket: The bucket images is public: everybody can download its files from B2/m);
    await open.close();
  });

  it("and says when the key ends", async () => {
    const patch = { applicationKeyExpirationTimestamp: Date.now() + 30 * 86_400_000 };
    place.b2.b2.faults([{ operation: "b2_authorize_account", times: 2, patch }]);
    const { stdout } = await setup(place, ALL, IN_SHELL);
    const day = new Date(patch.applicationKeyExpirationTimestamp).toISOString().slice(0, 10);
    expect(stdout).toContain(`! note    key-end: The key expires on ${day}, and no picture is fetched after that.`);
  });

  it("and says that a domain of before stays", async () => {
    place.project.setDomain("image.example.com");
    const args = ALL.filter((each) => !["--domain", "image.example.com"].includes(each));
    const { stdout } = await setup(place, [...args, "--workers-dev"], IN_SHELL);
    expect(stdout).toContain("image.example.com in wrangler.toml's [[routes]] stays: take it out if");
  });

  it("and builds with --dry-run", async () => {
    const { exitCode, stdout } = await setup(
      place,
      [...ALL.filter((each) => each !== "--no-deploy"), "--dry-run"],
      IN_SHELL,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(stdout).toContain("The files are written; nothing was uploaded (--dry-run).");
  });

  it("and says so when the site does not answer in time", async () => {
    const args = [...ALL.filter((each) => each !== "--no-deploy"), "--dry-run", "--url", "http://127.0.0.1:9"];
    const { exitCode, stdout } = await setup(place, [...args, "--wait", "0"], IN_SHELL);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("Waiting for http://127.0.0.1:9 …");
    expect(stdout).toContain("http://127.0.0.1:9 does not answer yet.");
    expect(place.project.has(".dev.vars")).toBe(true);
  });

  it("and lists everything in --help", async () => {
    const { exitCode, stdout } = await setup(place, ["--help"]);
    expect(exitCode).toBe(0);
    for (const option of "key-id key-file import bucket prefix domain workers-dev name deploy no-deploy dry-run url path wait yes".split(
      " ",
    ))
      expect(stdout).toContain(`--${option}`);
  });
});

describe("npm run setup takes the key", () => {
  it("from a file, with its id", async () => {
    mkdirSync(join(place.project.folder, "below"));
    place.project.write("below/key.txt", `${KEY}\n`);
    // As npm says it, when a person is in that folder.
    const env = { INIT_CWD: join(place.project.folder, "below") };
    await setup(place, [...ALL, "--key-id", KEY_ID, "--key-file", "key.txt"], { env });
    expect(place.project.read(".dev.vars")).toContain(`B2_APPLICATION_KEY=${KEY}\n`);
  });

  it("from the standard input", async () => {
    await setup(place, [...ALL, "--key-id", KEY_ID, "--key-file", "-"], { input: KEY });
    expect(place.project.read(".dev.vars")).toContain(`B2_APPLICATION_KEY=${KEY}\n`);
  });

  it("from .dev.vars or the environment, whichever --key-id names", async () => {
    place.project.write(".dev.vars", "B2_APPLICATION_KEY_ID=older\nB2_APPLICATION_KEY=older-key\n");
    const unclear = await setup(place, ALL, IN_SHELL);
    const sentence = "--key-id is missing (Which key? Known: older, from .dev.vars; 0031f9setup, from the environment)";
    expectRefused(place, unclear, { sentence, exitCode: 2 });
    const { exitCode, stdout } = await setup(place, [...ALL, "--key-id", KEY_ID], IN_SHELL);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "-B2_APPLICATION_KEY_ID=older\n+B2_APPLICATION_KEY_ID=0031f9setup\n-B2_APPLICATION_KEY=(the old one, hidden)",
    );
    expect(stdout).not.toContain("older-key");
  });

  it("from the settings file of the Python updater, with bucket and domain, and says what is not needed any more", async () => {
    place.project.write(
      "old.txt",
      [...OLD_FILE, ...UNNEEDED].join("\n").replace("BUCKET_ID", await idOfBucket(place, "images")),
    );
    const { exitCode, stdout } = await setup(place, ["--yes", "--import", "old.txt", "--no-deploy"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Not needed any more: Cloudflare account id, Cloudflare API key, Worker name.");
    expect(place.project.read("wrangler.toml")).toContain('pattern = "pictures.example.com"');
    expect(place.project.read("wrangler.toml")).toMatch(/^B2_BUCKET_NAME = "images"/m);
    expect(place.project.read(".dev.vars")).toContain(`B2_APPLICATION_KEY_ID=${KEY_ID}\nB2_APPLICATION_KEY=${KEY}\n`);
    expect(stdout).not.toContain("cloudflare-key-of-old");
  });

  it("from such a file that names a host of B2: that is no domain of yours", async () => {
    place.project.write(
      "old.txt",
      [...OLD_FILE.slice(0, 4), "domain f002.backblazeb2.com", ...UNNEEDED].join(" ").replace("BUCKET_ID", "another"),
    );
    const { stdout } = await setup(place, ["--yes", "--import", "old.txt", "--workers-dev", "--no-deploy"]);
    expect(stdout).toContain("Not needed any more: B2 domain, Cloudflare account id, Cloudflare API key, Worker name.");
    expect(stdout).toContain("The file to import has another id for the bucket images");
    expect(place.project.read("wrangler.toml")).toMatch(/^# \[\[routes\]\]$/m);
  });
});

function setKey({ b2 }: SetupPlace, capabilities: string[], buckets: string[]): void {
  b2.b2.setKey({ capabilities, buckets });
}

async function idOfBucket({ b2 }: SetupPlace, name: string): Promise<string> {
  const authorization = `Basic ${btoa(`${KEY_ID}:${KEY}`)}`;
  const answer = await fetch(`${b2.url}/b2api/v4/b2_authorize_account`, { headers: { Authorization: authorization } });
  const { apiInfo } = (await answer.json()) as {
    apiInfo: { storageApi: { allowed: { buckets: { id: string; name: string }[] } } };
  };
  return apiInfo.storageApi.allowed.buckets.find((bucket) => bucket.name === name)?.id ?? "";
}

/** Lines of the first text that the second has not. */
function linesOnlyIn(text: string, other: string): string[] {
  const others = other.split("\n");
  return text.split("\n").filter((line) => !others.includes(line));
}
