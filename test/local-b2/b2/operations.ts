import { getDownloadAuthorization, listBuckets } from "./accounts.ts";
import type { Call } from "./call.ts";
import { deleteFileVersion, getFileInfo, hideFile, listFileNames, listFileVersions } from "./files.ts";
import type { Uploads } from "./uploads.ts";

/** Billing classes of B2's calls: A is free, B and C are counted against a daily cap. */
export type BillingClass = "A" | "B" | "C";

/** How often each call was made. */
export interface Stats {
  operations: Record<string, { calls: number; class: BillingClass }>;
}

export const BILLING_CLASSES: Record<string, BillingClass> = {
  b2_authorize_account: "C",
  b2_get_download_authorization: "C",
  b2_list_buckets: "C",
  b2_list_file_names: "C",
  b2_list_file_versions: "C",
  b2_get_file_info: "B",
  b2_download_file_by_name: "B",
  b2_download_file_by_id: "B",
  b2_get_upload_url: "A",
  b2_upload_file: "A",
  b2_hide_file: "A",
  b2_delete_file_version: "A",
  b2_start_large_file: "A",
  b2_get_upload_part_url: "A",
  b2_upload_part: "A",
  b2_finish_large_file: "A",
  b2_cancel_large_file: "A",
};

/** The calls with an account token and JSON parameters. */
export function accountOperations(uploads: Uploads): Record<string, (call: Call) => object | Promise<object>> {
  return {
    b2_get_download_authorization: getDownloadAuthorization,
    b2_list_buckets: listBuckets,
    b2_list_file_names: listFileNames,
    b2_list_file_versions: listFileVersions,
    b2_get_file_info: getFileInfo,
    b2_hide_file: hideFile,
    b2_delete_file_version: deleteFileVersion,
    b2_get_upload_url: (call) => uploads.getUploadUrl(call),
    b2_start_large_file: (call) => uploads.startLargeFile(call),
    b2_get_upload_part_url: (call) => uploads.getUploadPartUrl(call),
    b2_finish_large_file: (call) => uploads.finishLargeFile(call),
    b2_cancel_large_file: (call) => uploads.cancelLargeFile(call),
  };
}
