import type { Account } from "./api.ts";

/** What an application key is allowed, as B2 says. */
export type KeyFacts = Pick<Account, "buckets" | "capabilities" | "keyExpiresAt">;

/** What the Worker needs; `listFiles` is for the folders that can be looked at. */
const NEEDED = ["readFiles", "shareFiles"];
/** Rights to change or delete something, or to see other keys. */
const MIGHTY = /^(?:write|delete|bypass)|Keys$/;

/** The rights of a key that serving images needs none of, and that make a leaked key worse. */
export function mightyRights({ capabilities }: Pick<KeyFacts, "capabilities">): string[] {
  return capabilities.filter((right) => MIGHTY.test(right));
}

/** What a key may do beyond what is needed, in words for one line; empty when it is just right. */
export function excessOf(key: KeyFacts): string[] {
  const { buckets } = key;
  const reach = buckets === null ? "every bucket" : buckets.length > 1 ? `${buckets.length} buckets` : undefined;
  return [...mightyRights(key), ...(reach === undefined ? [] : [reach])];
}

/** The command that makes a key for just this bucket and prefix; it may list files if `capabilities` say that this one may. */
export function narrowKeyCommand(
  { bucketName, fileNamePrefix }: { bucketName: string; fileNamePrefix: string },
  capabilities: string[] = [],
): string {
  const prefix = fileNamePrefix === "" ? "" : ` --name-prefix '${fileNamePrefix.replaceAll("'", `'\\''`)}'`;
  const rights = [...(capabilities.includes("listFiles") ? ["listFiles"] : []), ...NEEDED].join(",");
  return `b2 key create --bucket ${bucketName}${prefix} b2-image-worker ${rights}`;
}
