import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRefused, fileOf, KEY, KEY_ID, RIGHTS, SIGNING, useDeployPlace, WHOLE_KEY } from "./deploy-place.ts";
import { type Forwarder, startForwarder } from "./forwarder.ts";

const place = useDeployPlace();
/** The same B2, three hours later. */
let slowClock: Forwarder;

beforeAll(async () => {
  slowClock = await startForwarder(
    () => place.b2.url,
    async (_, ask) => {
      const answer = await ask();
      answer.headers.set("Date", new Date(Date.now() + 3 * 3_600_000).toUTCString());
      return answer;
    },
  );
});
afterAll(() => slowClock?.close());

describe("npm run deploy uploads nothing and says what to do", () => {
  it.each<[string, string, string]>([
    [
      "an unfilled .dev.vars",
      "B2_APPLICATION_KEY_ID=\nB2_APPLICATION_KEY=\n",
      "B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY are empty",
    ],
    ["an optional secret without a value", fileOf(KEY_ID, KEY, "ALERT_WEBHOOK_URL=\n"), "ALERT_WEBHOOK_URL is empty"],
    ["a .dev.vars without a key", `B2_APPLICATION_KEY_ID=${KEY_ID}\n`, "has no line for B2_APPLICATION_KEY"],
    [
      "a variable among the secrets",
      fileOf(KEY_ID, KEY, "PRIVATE_PREFIXES=private\n"),
      "PRIVATE_PREFIXES is not a secret",
    ],
    [
      "a key and its id swapped",
      fileOf(WHOLE_KEY, KEY_ID),
      "this is the form of an applicationKey, so the two are probably swapped. Nothing was uploaded.",
    ],
    ["a wrong key", fileOf(KEY_ID, "K003mistyped"), "Check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY"],
    [
      "a signing key that is none",
      fileOf(KEY_ID, KEY, "URL_SIGNING_KEYS=short\n"),
      "URL_SIGNING_KEYS should hold id:secret",
    ],
  ])("%s", async (_, file, sentence) => {
    place.project.write(".dev.vars", file);
    expectRefused(place, await place.project.run("deploy"), { sentence });
  });

  it.each<[string, () => void, string]>([
    ["a key without shareFiles", () => place.b2.b2.setKey({ capabilities: ["readFiles"] }), "lacks shareFiles"],
    [
      "a bucket that the key does not reach",
      () => place.project.setVariable("B2_BUCKET_NAME", '"another-bucket"'),
      "The key does not reach the bucket another-bucket; it reaches: images. Change B2_BUCKET_NAME or the key.",
    ],
    [
      "a key for several buckets, and no name",
      () => {
        place.b2.b2.setKey({ capabilities: RIGHTS, buckets: ["images", "pictures"] });
        place.project.setVariable("B2_BUCKET_NAME", '""');
      },
      "The key reaches several buckets: images, pictures. Set B2_BUCKET_NAME to the one to serve.",
    ],
    [
      "a mistyped variable",
      () => place.project.editConfig("[vars]", "[vars]\nEDGE_MAX_AGE_SECOND = 60"),
      "EDGE_MAX_AGE_SECOND is not a setting. Did you mean EDGE_MAX_AGE_SECONDS?",
    ],
    [
      "a mistyped protection",
      () => place.project.editConfig("[vars]", '[vars]\nPRIVATE_PREFIX = "private"'),
      "PRIVATE_PREFIXES should hold the value of PRIVATE_PREFIX",
    ],
    [
      "a setting at the end of wrangler.toml, in its last table",
      () => place.project.write("wrangler.toml", `${place.project.read("wrangler.toml")}\nPRIVATE_PREFIXES = "x"\n`),
      "PRIVATE_PREFIXES stands in [observability.logs], where it has no effect: move it under [vars].",
    ],
    [
      "a mistyped secret",
      () => place.project.write(".dev.vars", fileOf(KEY_ID, KEY, `URL_SIGNING_KEY="${SIGNING}"\n`)),
      "URL_SIGNING_KEY is not a setting. Did you mean URL_SIGNING_KEYS?",
    ],
    [
      "a variable that does not parse",
      () => place.project.setVariable("EDGE_MAX_AGE_SECONDS", '"soon"'),
      "EDGE_MAX_AGE_SECONDS should hold a whole number",
    ],
    [
      "a wrangler.toml that is not TOML",
      () => place.project.editConfig("minify = true", "minify = yes"),
      "wrangler.toml is not TOML: Error parsing TOML at line",
    ],
    [
      "a wrangler.toml that git could not merge",
      () =>
        place.project.editConfig("minify = true", "<<<<<<< HEAD\nminify = true\n=======\nminify = false\n>>>>>>> main"),
      "wrangler.toml has git's conflict marks (<<<<<<<): choose a side, and take the marks out.",
    ],
    [
      "no network",
      () => place.project.setVariable("B2_API_URL", '"http://127.0.0.1:9"'),
      "127.0.0.1 cannot be reached",
    ],
    [
      "a clock that is off by hours",
      () => place.project.setVariable("B2_API_URL", `"${slowClock.url}"`),
      "The clock of this machine is 3 hours behind",
    ],
    [
      "a name of another Worker",
      () => place.cloudflare.workers.set("b2-image-worker", ["THEIR_SECRET"]),
      "a Worker named b2-image-worker already, and it is another one",
    ],
    ["a domain that leads elsewhere", () => place.project.setDomain("localhost"), "localhost has a DNS record already"],
    ["no .dev.vars", () => place.project.removeFile(".dev.vars"), "There is no .dev.vars here. Run npm run setup"],
  ])("%s", async (_, plant, sentence) => {
    plant();
    expectRefused(place, await place.project.run("deploy"), { sentence });
  });

  it("with several accounts and none named", async () => {
    const outcome = await place.project.run("deploy", [], { env: { CLOUDFLARE_ACCOUNT_ID: "" } });
    expectRefused(place, outcome, { sentence: "You have several accounts at Cloudflare. Write the one to use" });
    expect(outcome.stderr).toContain("`Mine`: `acc`");
  });

  it("with a token that Cloudflare refuses", async () => {
    place.cloudflare.refusesToken = true;
    expectRefused(place, await place.project.run("deploy"), { sentence: "or your token is refused" });
  });

  it("without a login to Cloudflare", async () => {
    const outcome = await place.project.run("deploy", [], { env: { CLOUDFLARE_API_TOKEN: "" } });
    expectRefused(place, outcome, {
      sentence: "You are not logged in to Cloudflare, or your token is refused. Run «npx wrangler login»",
    });
  });

  it.each([
    [["--env", "third"], 2, "wrangler.toml has no [env.third]"],
    [["--env"], 2, "--env needs a value"],
    [["--secrets-file", ".dev.vars"], 2, "--secrets-file is made by this command"],
  ])("with %j", async (args, exitCode, sentence) => {
    expectRefused(place, await place.project.run("deploy", args), { sentence: sentence, exitCode });
  });

  it.each(["--dry-run", "--no-check"])("with %s where npm takes it", async (flag) => {
    const sentence = `npm took ${flag} for itself. Write two dashes first: npm run deploy -- ${flag}\n`;
    expectRefused(place, await place.project.npm("deploy", [], [flag]), { sentence, exitCode: 2 });
  });
});
