import { B2Problem, badRequest } from "./problem.ts";

/** How a file is encrypted at B2: not at all, with a key of B2, or with one of the customer that B2 does not keep. */
export type Encryption =
  | { mode: null }
  | { mode: "SSE-B2" }
  | { mode: "SSE-C"; customerKey: string; customerKeyMd5: string };

export const NOT_ENCRYPTED: Encryption = { mode: null };

const FIELD = "X-Bz-Server-Side-Encryption";
/** 32 bytes, and 16. */
const KEY_BASE64 = /^[A-Za-z0-9+/]{43}=$/;
const MD5_BASE64 = /^[A-Za-z0-9+/]{22}==$/;

/** What the fields of an upload ask for; undefined when they do not say. Throws 400. */
export function encryptionOfFields(fields: Headers): Encryption | undefined {
  const own = readEncryption({
    algorithm: fields.get(`${FIELD}-Customer-Algorithm`),
    customerKey: fields.get(`${FIELD}-Customer-Key`),
    customerKeyMd5: fields.get(`${FIELD}-Customer-Key-Md5`),
  });
  const managed = fields.get(FIELD);
  if (managed !== null && (own !== undefined || managed !== "AES256"))
    throw badRequest(`${FIELD} must be AES256, and not together with a customer's key`);
  return managed === null ? own : { mode: "SSE-B2" };
}

/** What a `serverSideEncryption` parameter asks for; undefined when it does not say. Throws 400. */
export function encryptionOfParameter(value: unknown): Encryption | undefined {
  if (value === undefined || value === null) return undefined;
  const { mode, algorithm, customerKey, customerKeyMd5 }: Record<string, unknown> = { ...Object(value) };
  if (mode === null || mode === "none") return NOT_ENCRYPTED;
  if (mode === "SSE-B2" && algorithm === "AES256") return { mode };
  const own = mode === "SSE-C" ? readEncryption({ algorithm, customerKey, customerKeyMd5 }) : undefined;
  if (own === undefined) throw badRequest("serverSideEncryption must be SSE-B2, SSE-C or none, with algorithm AES256");
  return own;
}

/** Throws 400 when a file needs a customer's key and the request brings none, and 403 when it brings another one. */
export function checkCustomerKey(fields: Headers, encryption: Encryption): void {
  if (encryption.mode !== "SSE-C") return;
  const given = encryptionOfFields(fields);
  if (given?.mode !== "SSE-C")
    throw badRequest(
      "The object was stored using a form of Server Side Encryption. " +
        "The correct parameters must be provided to retrieve the object.",
    );
  if (!isSameEncryption(given, encryption)) throw new B2Problem(403, "access_denied", "Access Denied");
}

/** Whether two files are encrypted alike, with the same key if it is a customer's. */
export function isSameEncryption(one: Encryption, other: Encryption): boolean {
  if (one.mode !== "SSE-C" || other.mode !== "SSE-C") return one.mode === other.mode;
  return one.customerKey === other.customerKey && one.customerKeyMd5 === other.customerKeyMd5;
}

/** As answers tell it: never with the customer's key. */
export function describeEncryption({ mode }: Encryption): { algorithm: string | null; mode: string | null } {
  return { algorithm: mode === null ? null : "AES256", mode };
}

/** The fields of a download that tell of it. */
export function encryptionFields(encryption: Encryption): Record<string, string> {
  if (encryption.mode === null) return {};
  if (encryption.mode === "SSE-B2") return { [FIELD]: "AES256" };
  return { [`${FIELD}-Customer-Algorithm`]: "AES256", [`${FIELD}-Customer-Key-Md5`]: encryption.customerKeyMd5 };
}

function readEncryption(
  given: Record<"algorithm" | "customerKey" | "customerKeyMd5", unknown>,
): Encryption | undefined {
  const { algorithm, customerKey, customerKeyMd5 } = given;
  if ([algorithm, customerKey, customerKeyMd5].every((value) => value === null)) return undefined;
  if (algorithm !== "AES256") throw badRequest("The algorithm of a customer's key must be AES256");
  if (typeof customerKey !== "string" || !KEY_BASE64.test(customerKey))
    throw badRequest("A customer's key must be 32 bytes in base64");
  if (typeof customerKeyMd5 !== "string" || !MD5_BASE64.test(customerKeyMd5))
    throw badRequest("The MD5 of a customer's key must be 16 bytes in base64");
  return { mode: "SSE-C", customerKey, customerKeyMd5 };
}
