import type { Account } from "./api.ts";

/** The buckets, rights and end of an application key, by B2's answer. */
export type KeyFacts = Pick<Account, "buckets" | "capabilities" | "keyExpiresAt">;

/** The rights that the Worker needs. Folders that can be looked at need `listFiles` too. */
const NEEDED = ["readFiles", "shareFiles"];
/** Rights to change or delete something, or to list or make keys. */
const MIGHTY = /^(?:write|delete|bypass)|Keys$/;

/** Why a text cannot be the id of a key: it has the form of a key itself, so it must not be shown. Undefined when it can. */
export function keyIdFault(text: string): string | undefined {
  return /^K[A-Za-z0-9+/]{30}$/.test(text.trim())
    ? "this is the form of an applicationKey, so the two are probably swapped"
    : undefined;
}

/** The rights of a key that serving images does not need, and that would make a leaked key dangerous. */
export function mightyRights({ capabilities }: Pick<KeyFacts, "capabilities">): string[] {
  return capabilities.filter((right) => MIGHTY.test(right));
}

/** Everything that a key may do beyond what is needed, in words; empty when there is nothing. */
export function excessOf(key: KeyFacts): string[] {
  const { buckets } = key;
  const reach = buckets === null ? "every bucket" : buckets.length > 1 ? `${buckets.length} buckets` : undefined;
  return [...mightyRights(key), ...(reach === undefined ? [] : [reach])];
}

/** The command that makes a key for only this bucket and prefix. The key may list files if `capabilities` include that. */
export function narrowKeyCommand(
  { bucketName, fileNamePrefix }: { bucketName: string; fileNamePrefix: string },
  capabilities: string[] = [],
): string {
  const prefix = fileNamePrefix === "" ? "" : ` --name-prefix '${fileNamePrefix.replaceAll("'", `'\\''`)}'`;
  const rights = [...(capabilities.includes("listFiles") ? ["listFiles"] : []), ...NEEDED].join(",");
  return `b2 key create --bucket ${bucketName}${prefix} b2-image-worker ${rights}`;
}
