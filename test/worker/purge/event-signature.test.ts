import { expect, it } from "vitest";
import { createEventVerifier } from "../../../src/purge/event-signature.ts";

const SECRET = "abcdefghijklmnopqrstuvwxyz012345";
const BODY = '{"events":[{"objectName":"ü.jpg"}]}';
/** printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$SECRET" */
const HEX = "a819fbe47bb2d05cea204efd8b1b5c5d156ce6e0f2e75d3b9e8934d6992cb09a";

const verify = createEventVerifier(SECRET);

const signatures: { name: string; field: string | null; fits: boolean; body?: string; secret?: string }[] = [
  { name: "OpenSSL's", field: `v1=${HEX}`, fits: true },
  { name: "one over another content", field: `v1=${HEX}`, body: `${BODY} `, fits: false },
  { name: "one with another secret", field: `v1=${HEX}`, secret: SECRET.toUpperCase(), fits: false },
  { name: "none", field: null, fits: false },
  { name: "an empty one", field: "", fits: false },
  { name: "one without a version", field: HEX, fits: false },
  { name: "one of another version", field: `v2=${HEX}`, fits: false },
  { name: "a shorter one", field: `v1=${HEX.slice(2)}`, fits: false },
  { name: "a longer one", field: `v1=${HEX}00`, fits: false },
  { name: "one with a wrong last digit", field: `v1=${HEX.slice(0, -1)}${HEX.endsWith("0") ? "1" : "0"}`, fits: false },
  { name: "two", field: `v1=${HEX}, v1=${HEX}`, fits: false },
];

it.each(signatures)("$name: $fits", async ({ field, fits, body = BODY, secret }) => {
  const check = secret === undefined ? verify : createEventVerifier(secret);
  expect(await check(new TextEncoder().encode(body), field)).toBe(fits);
});
