import { SITE_URL } from "./site.ts";

export const OWNER_PASSWORD = "0123456789abcdef01234567";
/** The settings of a site that has an owner, whose wrong guesses nobody counts. */
export const OWNER = { OPERATOR_TOKEN: OWNER_PASSWORD, SIGN_IN_LIMITER: undefined };
export const BEARER = { Authorization: `Bearer ${OWNER_PASSWORD}` };
/** What a browser sends with a form on a page of the site. */
export const FROM_OWN_PAGE = {
  Authorization: `Basic ${btoa(`owner:${OWNER_PASSWORD}`)}`,
  Origin: SITE_URL,
  "Sec-Fetch-Site": "same-origin",
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
};
/** A browser that looks at a page. */
export const LOOKING = { Authorization: FROM_OWN_PAGE.Authorization, Accept: FROM_OWN_PAGE.Accept };
