import { auth as readBasic } from "hono/utils/basic-auth";

/** A password, and the form in which a request gave it. */
export interface Password {
  scheme: "bearer" | "basic";
  text: string;
}

/** A Bearer token, which may have all visible ASCII characters: more than RFC 6750 §2.1 allows, but as OPERATOR_TOKEN may. */
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** Reads the password in the `Authorization` field. The user name of Basic does not matter. */
export function readPassword(request: Request): Password | undefined {
  const [, token] = BEARER.exec(request.headers.get("Authorization") ?? "") ?? [];
  if (token !== undefined) return { scheme: "bearer", text: token };
  const basic = readBasic(request);
  return basic === undefined ? undefined : { scheme: "basic", text: basic.password };
}
