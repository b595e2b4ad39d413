import { beforeEach, describe, expect, it, vi } from "vitest";
import { authorizeAccount } from "../../../src/b2/api.ts";
import type { ListedEntry } from "../../../src/b2/list-files.ts";
import { type FolderRequest, listFolder } from "../../../src/gallery/list-folder.ts";
import { createLister, type Lister } from "../../../src/gallery/lister.ts";
import type { LocalB2 } from "../../local-b2/app.ts";
import { b2BehindFetch, callsOf, MINT_SETTINGS } from "../support/b2-behind-fetch.ts";
import { passMs } from "../support/clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

interface Bench {
  b2: LocalB2;
  put(...names: string[]): void;
  page(folder: string, after?: string): Promise<{ names: string[]; next: string | null; exists: boolean }>;
  /** How often B2 was asked for a list. */
  calls(): number;
}

async function createBench({
  fileNamePrefix = "",
  secret = "\0",
  withHidden = false,
  callMs = 0,
} = {}): Promise<Bench> {
  const b2 = b2BehindFetch();
  const { buckets } = await authorizeAccount(MINT_SETTINGS.apiUrl, MINT_SETTINGS);
  const bucket = { bucketId: buckets?.[0]?.id ?? "", bucketName: "images", fileNamePrefix };
  const wait = () => new Promise((resolve) => setTimeout(resolve));
  const lister = createLister({ settings: MINT_SETTINGS, log: () => undefined, now: Date.now, wait });
  const list: Lister = (asked) => {
    passMs(callMs);
    return lister(asked);
  };
  const show: FolderRequest<ListedEntry>["show"] = (entry, { path, name, address }) =>
    address === undefined || name.startsWith(".") || path.startsWith(secret) ? undefined : { ...entry, name };
  return {
    b2,
    put: (...names) => {
      for (const name of names) b2.put("images", name, { content: "" });
    },
    page: async (folder, after) => {
      const result = await listFolder({ list, bucket, folder, after, withHidden, show, ray: undefined });
      if (result.kind !== "listing") throw new Error(`no listing: ${result.kind}`);
      return { names: result.entries.map(({ name }) => name), next: result.next, exists: result.exists };
    },
    calls: () => callsOf(b2).b2_list_file_names ?? 0,
  };
}

/** `001` to `count`, each as long as the last. */
function numbers(count: number, text: (number: string) => string): string[] {
  return Array.from({ length: count }, (_, index) => text(String(index + 1).padStart(String(count).length, "0")));
}

it("names what is in a folder, and asks B2 once", async () => {
  const { put, page, calls } = await createBench();
  put("a.jpg", "photos/b.jpg", "photos/a/c.jpg", "photos/a/d.jpg", "photoshoot.jpg");
  expect(await page("photos/")).toEqual({ names: ["a/", "b.jpg"], next: null, exists: true });
  expect(await page("")).toEqual({ names: ["a.jpg", "photos/", "photoshoot.jpg"], next: null, exists: true });
  expect(calls()).toBe(2);
});

it("leaves out hidden files, names that this Worker cannot serve, and what the visitor may not see", async () => {
  const { b2, put, page } = await createBench({ secret: "private" });
  const names = [".bzEmpty", ".DS_Store", "._a.jpg", ".git/config", "-/health", "-", "../a.jpg", "gone.jpg"];
  put(...names, "private.jpg", "private/a.jpg", "a.jpg", "a/.hidden.jpg");
  b2.hide("images", "gone.jpg");
  expect(await page("")).toEqual({ names: ["a.jpg", "a/"], next: null, exists: true });
});

it.each([
  [["a/.bzEmpty"], true],
  [["a/private.jpg"], false],
  [["a/.DS_Store"], false],
  [[], false],
])("a folder with %j and nothing else is there: %j", async (names, exists) => {
  const { put, page } = await createBench({ secret: "a/private" });
  put(...names);
  expect(await page("a/")).toEqual({ names: [], next: null, exists });
});

describe("with B2_FILE_NAME_PREFIX", () => {
  it("the folder is below it", async () => {
    const { put, page } = await createBench({ fileNamePrefix: "site/" });
    put("site/a.jpg", "site/photos/b.jpg", "other.jpg");
    expect((await page("")).names).toEqual(["a.jpg", "photos/"]);
    expect((await page("photos/")).names).toEqual(["b.jpg"]);
  });

  it("without a slash at its end, names go on where it stops", async () => {
    const { put, page } = await createBench({ fileNamePrefix: "trip-" });
    put("trip-", "trip-1.jpg", "trip-2/a.jpg", "trip-/odd.jpg", "other.jpg");
    expect((await page("")).names).toEqual(["1.jpg", "2/"]);
  });
});

describe("ten seconds are for all calls of a page:", () => {
  it("when they are over, it has what is known by then, and the next one goes on", async () => {
    const { put, page, calls } = await createBench({ secret: "b", callMs: 6_000 });
    put(...numbers(150, (n) => `a${n}.jpg`), ...numbers(1200, (n) => `b${n}.jpg`), "c.jpg");
    const first = await page("");
    expect([first.names.length, first.next, calls()]).toEqual([150, "a150.jpg", 1]);
    passMs(60_000);
    expect((await page("", "b1200.jpg")).names).toEqual(["c.jpg"]);
  });

  it("when they are over and nothing is known, it is a time-out", async () => {
    const { put, page, calls } = await createBench({ secret: "b", callMs: 6_000 });
    put(...numbers(300, (n) => `b${n}.jpg`), "c.jpg");
    await expect(page("")).rejects.toMatchObject({ code: "timeout" });
    expect(calls()).toBe(1);
  });
});

describe("the next page", () => {
  it("is not named when nothing that is shown comes on it: it would tell that something private is there", async () => {
    const { put, page } = await createBench({ secret: "z" });
    put(...numbers(200, (number) => `${number}.jpg`));
    const alone = await page("");
    put("z/a.jpg", "z.jpg");
    expect(alone).toMatchObject({ next: null });
    expect(await page("")).toEqual(alone);
  });

  it("begins behind the last name of this one, which may be a folder", async () => {
    const { put, page, calls } = await createBench();
    put(...numbers(199, (n) => `${n}.jpg`), "300/a.jpg", "300/b.jpg", "300.jpg", "300 .jpg", "3000");
    const first = await page("");
    expect([first.names.length, first.next]).toEqual([200, "300 .jpg"]);
    expect(await page("", "300 .jpg")).toMatchObject({ names: ["300.jpg", "300/", "3000"], next: null });
    expect(await page("", "300/")).toMatchObject({ names: ["3000"], next: null });
    expect(await page("", "300.jpg")).toMatchObject({ names: ["300/", "3000"] });
    expect(await page("", "3")).toMatchObject({ names: ["300 .jpg", "300.jpg", "300/", "3000"] });
    expect(calls()).toBe(5);
  });

  it.each(["a/", "b000.jpg"])("is a whole one behind %s too, for one call", async (after) => {
    const { put, page, calls } = await createBench();
    put("a/1.jpg", "a/2.jpg", "b000.jpg", ...numbers(201, (n) => `b${n}.jpg`));
    expect((await page("", after)).names).toHaveLength(200);
    expect(calls()).toBe(1);
  });

  it("is not there when 200 are all that there are", async () => {
    const { put, page } = await createBench();
    put(...numbers(200, (n) => `${n}.jpg`));
    expect(await page("")).toMatchObject({ next: null });
  });

  it("begins behind a name that is as long as a name may be", async () => {
    const { b2, put, page } = await createBench();
    const [long, longer] = [`${"a".repeat(246)}.jpg`, `${"a".repeat(246)}.jpg/b.jpg`];
    put(long, longer, "b.jpg");
    expect(await page("", long)).toMatchObject({ names: [`${long}/`, "b.jpg"] });
    expect(await page("", `${long}/`)).toMatchObject({ names: ["b.jpg"] });
    expect(callsOf(b2).b2_list_file_names).toBe(2);
  });

  it("never names what is not shown", async () => {
    const { put, page, calls } = await createBench({ secret: "private" });
    put(
      ...numbers(150, (n) => `a${n}.jpg`),
      ...numbers(300, (n) => `private${n}.jpg`),
      ...numbers(150, (n) => `z${n}.jpg`),
    );
    const first = await page("");
    expect([first.names.length, first.next, calls()]).toEqual([200, "z050.jpg", 2]);
    const second = await page("", first.next ?? "");
    expect([second.names.length, second.next, calls()]).toEqual([100, null, 3]);
  });
});

describe("thousands of names that are not shown", () => {
  it("are passed over with one more call when a Mac made them, one beside each photo", async () => {
    const { put, page, calls } = await createBench();
    put(...numbers(3000, (n) => `._${n}.jpg`), "cat.jpg", "dog.jpg");
    expect(await page("")).toMatchObject({ names: ["cat.jpg", "dog.jpg"], next: null });
    expect(calls()).toBe(2);
  });

  it("cost at most three calls", async () => {
    const { put, page, calls } = await createBench({ secret: "private" });
    put(...numbers(3000, (n) => `private${n}.jpg`), "z.jpg");
    expect((await page("")).names).toEqual([]);
    expect(calls()).toBe(3);
  });
});

it("10,000 files are paged through in order, nothing twice and nothing left out, while others come and go", async () => {
  const { b2, put, page, calls } = await createBench();
  const names = numbers(10_000, (n) => `photos/${n}.jpg`);
  put(...names);
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const { names: shown, next } = await page("photos/", after);
    seen.push(...shown);
    after = next ?? undefined;
    if (after === undefined) break;
    // The very name that the next page begins behind, one on the page before it, and one to come.
    for (const name of [after, shown[3], "09999.jpg"]) b2.remove("images", `photos/${name}`);
    put(`photos/${after} (2).jpg`);
  } while (seen.length < 20_000);
  expect(seen).toEqual(seen.toSorted());
  expect(new Set(seen).size).toBe(seen.length);
  const stayed = names.map((name) => name.slice("photos/".length)).filter((name) => name !== "09999.jpg");
  expect(stayed.filter((name) => !seen.includes(name))).toEqual([]);
  expect(seen.filter((name) => name.includes("(2)")).length).toBeGreaterThan(40);
  expect(calls()).toBeLessThanOrEqual(52);
});
