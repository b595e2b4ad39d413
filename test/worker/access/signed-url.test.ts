import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSignatureChecker, createSigner, signaturePayload, signUrl } from "../../../src/access/signed-url.ts";

const KEY = { id: "k1", secret: "0123456789abcdef0123456789abcdef" };
const OLD_KEY = { id: "k0", secret: "an older secret, still good" };
const EXP = 1_800_000_000;
const NOW = (EXP - 60) * 1000;
const PATH = "/private/red%20cat.jpg";

const check = createSignatureChecker([KEY, OLD_KEY]);

async function queryOf(
  part: { canonicalPath?: string; preset?: string; expiresAtSeconds?: number; key?: typeof KEY } = {},
): Promise<URLSearchParams> {
  const url = await signUrl({
    baseUrl: "https://image.example.com",
    canonicalPath: PATH,
    preset: "",
    key: KEY,
    expiresAtSeconds: EXP,
    ...part,
  });
  return new URL(url).searchParams;
}

async function outcomeOf(
  query: URLSearchParams,
  { canonicalPath = PATH, preset = "", now = NOW } = {},
): Promise<string> {
  const outcome = await check({ canonicalPath, preset, query, now });
  return outcome.kind === "granted" ? "granted" : outcome.reason;
}

describe("test vectors", () => {
  it("signs version, path, preset and expiry, each on a line", () => {
    const payload = signaturePayload({ canonicalPath: PATH, preset: "thumb", expiresAtSeconds: EXP });
    expect(payload).toBe("b2-image-worker:v1\n/private/red%20cat.jpg\nthumb\n1800000000");
  });

  it("signs a folder in a form of its own", () => {
    const payload = signaturePayload({ canonicalPath: "/private/", preset: "", expiresAtSeconds: EXP });
    expect(payload).toBe("b2-image-worker:folder:v1\n/private/\n\n1800000000");
  });

  it.each([
    [
      "",
      "https://image.example.com/private/red%20cat.jpg?exp=1800000000&kid=k1&sig=u7iov4jP2ZfKiYWigNk1w2nczHJdD1QbW2Jq7qua3Ms",
    ],
    [
      "thumb",
      "https://image.example.com/private/red%20cat.jpg?preset=thumb&exp=1800000000&kid=k1&sig=dFwZaomTPZrMc1lf8cz7NluEViF2a7PcKf2v49CWZwM",
    ],
  ])("with preset %j", async (preset, expected) => {
    const url = await signUrl({
      baseUrl: "https://image.example.com",
      canonicalPath: PATH,
      preset,
      key: KEY,
      expiresAtSeconds: EXP,
    });
    expect(url).toBe(expected);
  });
});

describe("a signature", () => {
  it("opens its path until it expires", async () => {
    const query = await queryOf();
    expect(await check({ canonicalPath: PATH, preset: "", query, now: NOW })).toEqual({
      kind: "granted",
      expiresAtSeconds: EXP,
      keyId: "k1",
    });
    expect(await outcomeOf(query, { now: EXP * 1000 - 1 })).toBe("granted");
    expect(await outcomeOf(query, { now: EXP * 1000 })).toBe("expired");
  });

  it("of an older key still opens", async () => {
    expect(await outcomeOf(await queryOf({ key: OLD_KEY }))).toBe("granted");
  });

  it("opens a folder, and neither one within nor a file of its name", async () => {
    const query = await queryOf({ canonicalPath: "/private/" });
    expect(await outcomeOf(query, { canonicalPath: "/private/" })).toBe("granted");
    for (const canonicalPath of ["/", "/private", "/private/deep/", "/private/red%20cat.jpg", "/private//"])
      expect([canonicalPath, await outcomeOf(query, { canonicalPath })]).toEqual([canonicalPath, "wrong"]);
  });

  it("is made with the key that is asked for, and with no other", async () => {
    const sign = createSigner([KEY, OLD_KEY]);
    const part = { canonicalPath: PATH, preset: "", expiresAtSeconds: EXP };
    for (const { id } of [KEY, OLD_KEY]) {
      const query = new URLSearchParams(await sign(part, id));
      expect(await check({ ...part, query, now: NOW })).toMatchObject({ kind: "granted", keyId: id });
    }
    await expect(sign(part, "k9")).rejects.toThrow("no key");
  });

  it("of a key that was taken away does not", async () => {
    expect(await outcomeOf(await queryOf({ key: { id: "k9", secret: KEY.secret } }))).toBe("unknown-key");
  });

  it("does not open another path or preset", async () => {
    const query = await queryOf();
    expect(await outcomeOf(query, { canonicalPath: "/private/blue%20cat.jpg" })).toBe("wrong");
    expect(await outcomeOf(query, { preset: "thumb" })).toBe("wrong");
  });

  it.each<[string, (query: URLSearchParams) => void, string]>([
    [
      "no parameter",
      (query) => {
        for (const name of ["exp", "kid", "sig"]) query.delete(name);
      },
      "missing",
    ],
    ["no exp", (query) => query.delete("exp"), "malformed"],
    ["no kid", (query) => query.delete("kid"), "malformed"],
    ["no sig", (query) => query.delete("sig"), "malformed"],
    ["two exp", (query) => query.append("exp", String(EXP)), "malformed"],
    ["two kid", (query) => query.append("kid", "k1"), "malformed"],
    ["two sig", (query) => query.append("sig", query.get("sig") ?? ""), "malformed"],
    ["a later exp", (query) => query.set("exp", String(EXP + 1)), "wrong"],
    ["exp with a zero in front", (query) => query.set("exp", `0${EXP}`), "malformed"],
    ["exp with a sign", (query) => query.set("exp", `+${EXP}`), "malformed"],
    ["exp as another number", (query) => query.set("exp", "1.8e9"), "malformed"],
    ["exp too long", (query) => query.set("exp", "99999999999"), "malformed"],
    ["another key's id", (query) => query.set("kid", "k0"), "wrong"],
    ["the id of an object's own", (query) => query.set("kid", "__proto__"), "unknown-key"],
    ["a short sig", (query) => query.set("sig", (query.get("sig") ?? "").slice(1)), "malformed"],
    ["a sig with padding", (query) => query.set("sig", `${query.get("sig")}=`), "malformed"],
    [
      "two presets",
      (query) => {
        query.append("preset", "");
        query.append("preset", "");
      },
      "malformed",
    ],
    [
      "a sig whose spare bits are not 0",
      (query) => query.set("sig", (query.get("sig") ?? "").replace(/s$/, "t")),
      "malformed",
    ],
    ["a sig in plain base64", (query) => query.set("sig", "u7iov4jP2ZfKiYWigNk1w2nczHJdD1QbW2Jq7qua+/s"), "malformed"],
    ["exp in digits of another script", (query) => query.set("exp", "１８００００００００"), "malformed"],
    ["exp 0", (query) => query.set("exp", "0"), "malformed"],
    ["an empty kid", (query) => query.set("kid", ""), "unknown-key"],
    ["an empty sig", (query) => query.set("sig", ""), "malformed"],
  ])("with %s is refused", async (_, change, reason) => {
    const query = await queryOf();
    change(query);
    expect(await outcomeOf(query)).toBe(reason);
  });

  it("with any character changed is refused, and never throws", async () => {
    const query = await queryOf();
    const text = query.toString();
    const change = fc.tuple(
      fc.nat({ max: text.length - 1 }),
      fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(change, async ([at, character]) => {
        const changed = new URLSearchParams(text.slice(0, at) + character + text.slice(at + 1));
        const isSame = ["exp", "kid", "sig"].every(
          (name) => changed.get(name) === query.get(name) && changed.getAll(name).length === 1,
        );
        const outcome = await outcomeOf(changed);
        if (!isSame) expect(outcome).not.toBe("granted");
      }),
      { numRuns: 1_000 },
    );
  });
});
