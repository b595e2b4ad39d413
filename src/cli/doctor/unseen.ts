import { type Finding, unknown } from "../finding.ts";

/** Findings about behaviour of B2 and Cloudflare that cannot be seen from outside. They are listed so that nobody takes it for checked. */
export const UNSEEN: readonly Finding[] = [
  unknown(
    "deleted-key",
    "Whether tokens outlive a deleted key: that would need a key to delete. The Worker renews a refused token.",
  ),
  unknown(
    "token-scope",
    "Whether B2 says 401 or 403 to a token outside its bucket: the Worker takes both for a refusal.",
  ),
  unknown("several-ranges", "What B2 does with several ranges at once: the Worker asks for one at most."),
  unknown("large-files", "What Cloudflare does with a Range of a file over 512 MB: that would be a large download."),
  unknown("cron", "Whether the cron runs every six hours: /-/health and the log (rotation.done) show it within a day."),
  unknown("purge", "Whether a purge reaches every address of a picture: that would empty your cache."),
];
