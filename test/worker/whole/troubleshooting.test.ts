import { beforeEach, expect, it, vi } from "vitest";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { webhookBesideB2 } from "../support/b2-behind-fetch.ts";
import { contentOf } from "../support/content-of.ts";
import type { Vars } from "../support/isolate.ts";
import { BEARER, OWNER } from "../support/owner.ts";
import { HOTLINK, PRIVATE } from "../support/protection.ts";
import { createRotatingSite, type RotatingSite } from "../support/rotating-site.ts";

const [page = ""] = Object.values(
  import.meta.glob<string>("../../../.github/docs/troubleshooting.md", {
    query: "?raw",
    eager: true,
    import: "default",
  }),
);
const doctor = Object.values(
  import.meta.glob<string>("../../../src/cli/doctor/checks/*.ts", { query: "?raw", eager: true, import: "default" }),
).join("\n");

const WEBHOOK = "https://hooks.example/distinctive-path";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.UTC(2026, 10, 24, 18) });
});

/** What somebody with this trouble gets to see, by the headings of the page. */
const TROUBLES: Record<string, () => Promise<string>> = {
  "500 everywhere": () => troubled({ PRIVATE_PREFIX: "private" }),
  "503 after the first deploy": async () => {
    const mistyped = await troubled({ B2_APPLICATION_KEY: "mistyped" });
    const elsewhere = await troubled({ B2_BUCKET_NAME: "another-bucket" });
    return mistyped + elsewhere + (await troubled({}, { capabilities: ["readFiles"] }));
  },
  "401 in the log": async () => {
    const site = await createServingSite();
    vi.setSystemTime(Date.now() + 3_600_000);
    site.b2.expireTokens();
    const once = await seen(site, "/cat.jpg");
    site.b2.expireTokens();
    return once + (await seen(site, "/cat.jpg", "/-/health"));
  },
  "All 404": async () => {
    const site = await createServingSite({ B2_FILE_NAME_PREFIX: "photos/" });
    const cannotList = createRotatingSite({ LISTED_PREFIXES: "/" }, { capabilities: ["readFiles", "shareFiles"] });
    return (await seen(site, "/cat.jpg")) + (await seen(cannotList, "/"));
  },
  "403 on my own site": async () => {
    const hotlinks = await createServingSite(HOTLINK);
    const refused = await seen(hotlinks, "/cat.jpg");
    return refused + (await seen(await createServingSite(PRIVATE), "/private/cat.jpg?exp=1&kid=k1&sig=x"));
  },
  "An old picture": async () => "",
  "Never HIT": async () => doctor,
  "An upload is not there for a minute": async () => seen(await createServingSite(), "/new.jpg"),
  "A cap is exceeded": async () => {
    const site = await createServingSite();
    const code = "download_cap_exceeded";
    site.b2.faults([{ operation: "b2_download_file_by_name", times: 1, status: 403, code }]);
    return await seen(site, "/cat.jpg");
  },
  "A video does not seek": async () => seen(await createServingSite(), "/cat.jpg"),
  "A name with two dots": async () => seen(await createServingSite(), "/a/../cat.jpg"),
  "A name with a backslash": async () => seen(await createServingSite(), "/photos%5Ccat.jpg", "/photos//cat.jpg"),
  "The key is about to end": async () => {
    const keyExpiresAt = Date.now() + 3 * 86_400_000;
    const site = createRotatingSite({ ...OWNER, ALERT_WEBHOOK_URL: WEBHOOK }, { keyExpiresAt });
    const alerts = await collectAlerts(site);
    await site.run();
    return alerts.join("\n") + (await seen(site, "/-/health"));
  },
  "The webhook is silent": async () => {
    const site = createRotatingSite({ ALERT_WEBHOOK_URL: WEBHOOK, B2_APPLICATION_KEY: "mistyped" });
    await collectAlerts(site, 404);
    await site.run();
    return await seen(site);
  },
};

const sections = page
  .split("\n## ")
  .slice(1)
  .map((text) => {
    const blocks = [...text.matchAll(/^```text\n(.*?)^```$/gms)].map(([, block = ""]) => block);
    return { heading: text.split("\n")[0] ?? "", quotes: blocks.flatMap((block) => block.trimEnd().split("\n")) };
  });

it("knows each part of the page", () => {
  expect(sections.map(({ heading }) => heading)).toEqual(Object.keys(TROUBLES));
});

it.each(sections)("«$heading» quotes what is seen, word for word", async ({ heading, quotes }) => {
  const text = (await TROUBLES[heading]?.()) ?? "";
  const missing = quotes.flatMap((quote) => quote.split("…")).filter((part) => !text.includes(part.trim()));
  expect({ missing, text }).toEqual({ missing: [], text });
});

it("a name with two dots between slashes is another name", async () => {
  expect(await TROUBLES["A name with two dots"]?.()).toMatch(/^200\n(?:.*\n)*a cat\n/);
});

async function createServingSite(vars: Vars = {}): Promise<RotatingSite> {
  const site = createRotatingSite({ ...OWNER, ...vars });
  await site.run();
  return site;
}

async function troubled(vars: Vars, b2?: LocalB2Options): Promise<string> {
  return await seen(createRotatingSite(vars, b2), "/cat.jpg", "/-/health");
}

async function collectAlerts({ b2 }: RotatingSite, status = 200): Promise<string[]> {
  const alerts: string[] = [];
  const answer = async (request: Request) => {
    alerts.push(await request.text());
    return new Response("", { status });
  };
  webhookBesideB2(b2, { url: WEBHOOK, answer });
  return alerts;
}

/** Status, fields and content of each answer, for a stranger and for the owner, and then the log. */
async function seen(site: RotatingSite, ...paths: string[]): Promise<string> {
  const texts: string[] = [];
  for (const path of paths) {
    for (const headers of path === "/-/health" ? [{}, BEARER] : [{ Range: "bytes=0-0" }, {}]) {
      const response = await site.visit(path, { headers });
      const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`);
      texts.unshift([response.status, ...fields, await contentOf(response)].join("\n"));
    }
  }
  return [...texts, ...site.log.lines(), ""].join("\n");
}
