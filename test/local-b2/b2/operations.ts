import { getDownloadAuthorization } from "./accounts.ts";
import { createBucket, deleteBucket, listBuckets, updateBucket } from "./buckets.ts";
import type { Call } from "./call.ts";
import { copyFile, copyPart } from "./copies.ts";
import { deleteFileVersion, getFileInfo, hideFile } from "./files.ts";
import { createKey, deleteKey, listKeys } from "./keys.ts";
import { cancelLargeFile, finishLargeFile, getUploadPartUrl, startLargeFile } from "./large-files.ts";
import { listFileNames, listFileVersions, listParts, listUnfinishedLargeFiles } from "./listing.ts";
import { getNotificationRules, setNotificationRules } from "./notification-rules.ts";
import { getUploadUrl } from "./uploads.ts";

/** Billing classes of B2's calls: A is free, B and C are counted against a daily cap. */
export type BillingClass = "A" | "B" | "C";

/** How often each call was made. */
export interface Stats {
  operations: Record<string, { calls: number; class: BillingClass }>;
}

/** Every call that the local B2 knows. */
export const BILLING_CLASSES: Record<string, BillingClass> = {
  b2_authorize_account: "C",
  b2_cancel_large_file: "A",
  b2_copy_file: "C",
  b2_copy_part: "C",
  b2_create_bucket: "C",
  b2_create_key: "C",
  b2_delete_bucket: "A",
  b2_delete_file_version: "A",
  b2_delete_key: "A",
  b2_download_file_by_id: "B",
  b2_download_file_by_name: "B",
  b2_finish_large_file: "A",
  b2_get_bucket_notification_rules: "C",
  b2_get_download_authorization: "C",
  b2_get_file_info: "B",
  b2_get_upload_part_url: "A",
  b2_get_upload_url: "A",
  b2_hide_file: "A",
  b2_list_buckets: "C",
  b2_list_file_names: "C",
  b2_list_file_versions: "C",
  b2_list_keys: "C",
  b2_list_parts: "C",
  b2_list_unfinished_large_files: "C",
  b2_set_bucket_notification_rules: "C",
  b2_start_large_file: "A",
  b2_update_bucket: "C",
  b2_upload_file: "A",
  b2_upload_part: "A",
};

/** The calls with an account token and JSON parameters. */
export const ACCOUNT_CALLS: Record<string, (call: Call) => object | Promise<object>> = {
  b2_cancel_large_file: cancelLargeFile,
  b2_copy_file: copyFile,
  b2_copy_part: copyPart,
  b2_create_bucket: createBucket,
  b2_create_key: createKey,
  b2_delete_bucket: deleteBucket,
  b2_delete_file_version: deleteFileVersion,
  b2_delete_key: deleteKey,
  b2_finish_large_file: finishLargeFile,
  b2_get_bucket_notification_rules: getNotificationRules,
  b2_get_download_authorization: getDownloadAuthorization,
  b2_get_file_info: getFileInfo,
  b2_get_upload_part_url: getUploadPartUrl,
  b2_get_upload_url: getUploadUrl,
  b2_hide_file: hideFile,
  b2_list_buckets: listBuckets,
  b2_list_file_names: listFileNames,
  b2_list_file_versions: listFileVersions,
  b2_list_keys: listKeys,
  b2_list_parts: listParts,
  b2_list_unfinished_large_files: listUnfinishedLargeFiles,
  b2_set_bucket_notification_rules: setNotificationRules,
  b2_start_large_file: startLargeFile,
  b2_update_bucket: updateBucket,
};
