import { auth as readBasic } from "hono/utils/basic-auth";

/** A password as a request gives it. */
export interface Password {
  scheme: "bearer" | "basic";
  text: string;
}

/** A token of RFC 6750 §2.1, with the characters that a password may have beside them. */
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** Reads the password of the `Authorization` field; the user name of Basic does not matter. */
export function readPassword(request: Request): Password | undefined {
  const [, token] = BEARER.exec(request.headers.get("Authorization") ?? "") ?? [];
  if (token !== undefined) return { scheme: "bearer", text: token };
  const basic = readBasic(request);
  return basic === undefined ? undefined : { scheme: "basic", text: basic.password };
}
