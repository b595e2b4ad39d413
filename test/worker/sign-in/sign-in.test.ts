import { describe, expect, it } from "vitest";
import { type AccessContext, signIn } from "../../../src/sign-in/sign-in.ts";

const TOKEN = "a-token/of:24+letters=or-more";
const AUDIENCE = "a".repeat(64);
const RULES = { operatorToken: TOKEN, accessAudience: undefined };
const WITH_ACCESS = { operatorToken: undefined, accessAudience: AUDIENCE };
const BOTH = { operatorToken: TOKEN, accessAudience: AUDIENCE };

function requestWith(authorization: string | undefined, fields: Record<string, string> = {}): Request {
  const headers = { ...fields, ...(authorization !== undefined && { Authorization: authorization }) };
  return new Request("https://image.example.com/-/status", { headers });
}

function basic(text: string): string {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`;
}

function accessOf(aud: string, email: string | undefined): AccessContext {
  return { aud, getIdentity: async () => (email === undefined ? undefined : { email }) };
}

describe("the owner is the one who gives OPERATOR_TOKEN", () => {
  it.each([
    { authorization: `Bearer ${TOKEN}`, by: "bearer" },
    { authorization: `bearer  ${TOKEN} `, by: "bearer" },
    { authorization: basic(`owner:${TOKEN}`), by: "basic" },
    { authorization: basic(`:${TOKEN}`), by: "basic" },
    { authorization: basic(`somebody else:${TOKEN}`).replace("Basic", "basic"), by: "basic" },
  ])("as $authorization", async ({ authorization, by }) => {
    expect(await signIn(requestWith(authorization), RULES, undefined)).toEqual({ kind: "operator", by });
  });
});

describe("nobody is the owner", () => {
  it.each([
    { name: "without a password", authorization: undefined, wrong: false },
    { name: "with an empty field", authorization: "", wrong: false },
    { name: "with another scheme", authorization: `Digest ${TOKEN}`, wrong: false },
    { name: "with the password alone", authorization: TOKEN, wrong: false },
    { name: "with a wrong Bearer", authorization: `Bearer ${TOKEN}x`, wrong: true },
    { name: "with the beginning of it", authorization: `Bearer ${TOKEN.slice(0, -1)}`, wrong: true },
    { name: "with it in capitals", authorization: `Bearer ${TOKEN.toUpperCase()}`, wrong: true },
    { name: "with it twice", authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}`, wrong: false },
    { name: "with a wrong password", authorization: basic("owner:guess"), wrong: true },
    { name: "with it as the user", authorization: basic(`${TOKEN}:`), wrong: true },
    { name: "with an empty password", authorization: basic("owner:"), wrong: true },
    { name: "with Basic that is no Base64", authorization: "Basic (Base64)", wrong: false },
    { name: "with Basic that has no colon", authorization: `Basic ${btoa("owner")}`, wrong: false },
    { name: "with Basic that is no UTF-8", authorization: `Basic ${btoa("owner:\xff")}`, wrong: true },
  ])("$name", async ({ authorization, wrong }) => {
    expect(await signIn(requestWith(authorization), RULES, undefined)).toEqual({ kind: "stranger", wrong });
  });

  it("by a password, when there is none in the settings", async () => {
    const rules = { operatorToken: undefined, accessAudience: undefined };
    for (const authorization of [`Bearer ${TOKEN}`, "Bearer undefined", basic("owner:"), basic("owner:undefined")])
      expect(await signIn(requestWith(authorization), rules, undefined)).toEqual({ kind: "stranger", wrong: false });
  });
});

describe("Cloudflare Access vouches for the owner", () => {
  it.each([
    { name: "of its application", rules: WITH_ACCESS, access: accessOf(AUDIENCE, "owner@example.com"), isOwner: true },
    { name: "beside a password", rules: BOTH, access: accessOf(AUDIENCE, "owner@example.com"), isOwner: true },
    {
      name: "but of another application",
      rules: BOTH,
      access: accessOf("b".repeat(64), "owner@example.com"),
      isOwner: false,
    },
    { name: "but of no application", rules: BOTH, access: accessOf("", "owner@example.com"), isOwner: false },
    { name: "but for no identity", rules: BOTH, access: accessOf(AUDIENCE, undefined), isOwner: false },
    {
      name: "but the settings name no application",
      rules: RULES,
      access: accessOf(AUDIENCE, "owner@example.com"),
      isOwner: false,
    },
    { name: "but not here", rules: WITH_ACCESS, access: undefined, isOwner: false },
  ])("$name: $isOwner", async ({ rules, access, isOwner }) => {
    const expected = isOwner ? { kind: "operator", by: "access" } : { kind: "stranger", wrong: false };
    expect(await signIn(requestWith(undefined), rules, access)).toEqual(expected);
  });

  it("and no field of a request does", async () => {
    const fields = {
      "Cf-Access-Jwt-Assertion": "eyJhbGciOiJub25lIn0.eyJhdWQiOiJhIn0.",
      "Cf-Access-Authenticated-User-Email": "owner@example.com",
      Cookie: "CF_Authorization=eyJhbGciOiJub25lIn0.eyJhdWQiOiJhIn0.",
    };
    expect(await signIn(requestWith(undefined, fields), BOTH, undefined)).toEqual({ kind: "stranger", wrong: false });
  });

  it("beside a wrong password, which then does not matter", async () => {
    const access = accessOf(AUDIENCE, "owner@example.com");
    expect(await signIn(requestWith("Bearer guess"), BOTH, access)).toEqual({ kind: "operator", by: "access" });
  });
});
