/** An application key of the account. */
export interface ApplicationKey {
  keyId: string;
  /** The secret part. */
  key: string;
  name: string;
  capabilities: string[];
  /** undefined: every bucket. */
  bucketIds: string[] | undefined;
  namePrefix: string | null;
  /** ms since the epoch; null for a key without an end. */
  expiresAt: number | null;
}

/** What a key for some buckets may do. */
export const BUCKET_CAPABILITIES = [
  "listBuckets",
  "listFiles",
  "readFiles",
  "shareFiles",
  "writeFiles",
  "deleteFiles",
  "readBuckets",
  "readBucketEncryption",
  "readBucketNotifications",
  "writeBucketNotifications",
  "readBucketReplications",
  "readBucketRetentions",
  "readFileLegalHolds",
  "readFileRetentions",
];

/** Only for keys that reach every bucket. */
export const KEY_CAPABILITIES = ["listKeys", "writeKeys", "deleteKeys"];

export const ALL_CAPABILITIES = [
  ...BUCKET_CAPABILITIES,
  "listAllBucketNames",
  "writeBuckets",
  "deleteBuckets",
  "writeBucketEncryption",
  "writeBucketReplications",
  "writeBucketRetentions",
  "writeFileLegalHolds",
  "writeFileRetentions",
  "bypassGovernance",
  ...KEY_CAPABILITIES,
];

/** The account's own key, with every right. */
export const MASTER_KEY: ApplicationKey = {
  keyId: "local-master-key-id",
  key: "local-master-key",
  name: "master",
  capabilities: ALL_CAPABILITIES,
  bucketIds: undefined,
  namePrefix: null,
  expiresAt: null,
};

/** Whether a key has an end and `now` (ms since the epoch) is past it. */
export function hasEnded(key: ApplicationKey, now: number): boolean {
  return key.expiresAt !== null && now >= key.expiresAt;
}
