import { runAhead } from "./clock.ts";
import { contentOf } from "./content-of.ts";
import { OWNER } from "./owner.ts";
import { createSiteWithToken, type TestSite } from "./site.ts";

/** What `/-/health` answers. */
export async function healthOf(site: Pick<TestSite, "visit">, headers: Record<string, string> = {}) {
  const response = await runAhead(site.visit("/-/health", { headers }));
  return { status: response.status, body: JSON.parse(await contentOf(response)), headers: response.headers };
}

/** A site that served an hour ago, and whose key B2 does not know any more; nor, with `tokensToo`, its tokens. */
export async function createSiteOfDeletedKey({ tokensToo }: { tokensToo: boolean }): Promise<TestSite> {
  const site = await createSiteWithToken(OWNER);
  await site.visit();
  site.advance(3600);
  site.b2.setKey({ key: "another" });
  if (tokensToo) site.b2.expireTokens();
  return site;
}
