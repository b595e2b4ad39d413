import { OWNER } from "./owner.ts";
import { createFaultyKvSite, type FaultyKvSite } from "./site.ts";

/** The version of the deployed Worker, as Cloudflare names it. */
export const VERSION = { id: "db7cd8d3-4425-4fe7-8c81-01bf963b6067", tag: "", timestamp: "2026-11-23T18:17:00.000Z" };
/** Secrets that are told apart from everything else. */
export const SECRETS = {
  B2_APPLICATION_KEY: "local-key",
  URL_SIGNING_KEYS: "k1:distinctive-signing-secret",
  B2_EVENT_SIGNING_SECRET: "distinctiveEventSecret0123456789",
  ALERT_WEBHOOK_URL: "https://hooks.example/distinctive-webhook",
  OPERATOR_TOKEN: OWNER.OPERATOR_TOKEN,
};

/** A site with an owner and all secrets, which has its first token. */
export async function createOwnersSite(vars: object = {}, options: object = {}): Promise<FaultyKvSite> {
  const created = createFaultyKvSite({ ...OWNER, ...SECRETS, CF_VERSION_METADATA: VERSION, ...vars }, options);
  await created.rotate();
  return created;
}

/** The text of a page, without its markup and style. */
export function textOf(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}
