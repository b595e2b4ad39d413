import { narrowKeyCommand } from "../b2/application-key.ts";
import { rejectionOfFault } from "../fault.ts";
import { describeError } from "../log.ts";
import type { Rejection } from "../rejection.ts";
import { callerOf, rayOf, type Visit } from "../visit.ts";
import { type FolderPage, type FolderRequest, listFolder } from "./list-folder.ts";

/** One page of a folder with the name of its bucket; or the reason why there is none. */
export type VisitListing<T> =
  | (FolderPage<T> & { bucketName: string })
  | Rejection
  /** The application key lacks `listFiles`. The advice is for the owner. */
  | { kind: "no-right"; advice: string };

/** Lists a folder for a request. Never throws: a fault of B2 is logged and becomes a refusal. */
export async function listForVisit<T extends { name: string }>(
  visit: Visit,
  asked: Pick<FolderRequest<T>, "folder" | "after" | "withHidden" | "show">,
): Promise<VisitListing<T>> {
  const { site, request } = visit;
  const ray = rayOf(request);
  const { folder } = asked;
  try {
    const { bucketId, bucketName } = await site.tokens.get(callerOf(visit));
    const bucket = { bucketId, bucketName, fileNamePrefix: site.settings.fileNamePrefix };
    const result = await listFolder({ ...asked, list: site.list, bucket, ray });
    switch (result.kind) {
      case "listing":
        return { ...result, bucketName };
      case "paused":
        return { kind: "unavailable", retryAfterSeconds: result.retryAfterSeconds };
      case "no-right": {
        const advice = adviceFor(bucket);
        site.log("error", "listing.no-right", { ray, folder, advice });
        return { kind: "no-right", advice };
      }
    }
  } catch (error) {
    site.log("error", "listing.failed", { ray, folder, error: describeError(error) });
    return rejectionOfFault(error, Date.now());
  }
}

function adviceFor(served: { bucketName: string; fileNamePrefix: string }): string {
  return `The application key may not list files, so no folder is shown. Make one with: ${narrowKeyCommand(served, ["listFiles"])}`;
}
