import { type Finding, note, ok, unknown, wrong } from "../../finding.ts";
import { explainNetworkFault } from "../../reach.ts";
import { type Examination, isChecked, type Shown } from "../examination.ts";
import { RequestsUsedUp } from "../requests.ts";
import { type Answer, cacheStatus, isWithoutCache, NO_CACHE_HERE } from "../site-client.ts";

/**
 * Checks that a meaningless query causes no second download. The first request may store the image; the answer to the
 * second then has an `Age` field, which only a stored copy has (RFC 9111 §5.1).
 */
export async function checkForeignQuery(examination: Examination, { file, answer: whole }: Shown): Promise<Finding> {
  const { client } = examination;
  if (isChecked(examination)) return unknown("query", "Hotlink protection hides the age of the copy behind the check.");
  const askAnew = () => client.ask(`${file.canonicalPath}?doctor=${crypto.randomUUID()}`);
  await askAnew();
  const answer = await askAnew();
  if (answer.status !== 200 || !answer.body.equals(whole.body)) {
    return wrong(
      "query",
      `With a foreign query the picture is another answer (${answer.status}).`,
      "Is a rule of the zone in front of the site?",
    );
  }
  const isStored = answer.headers.has("Age") || cacheStatus(answer) === "HIT";
  if (!isStored && isWithoutCache(answer, client)) return unknown("query", NO_CACHE_HERE);
  return isStored
    ? ok("query", "A foreign query (?x=1) is the same picture, out of the cache behind it.")
    : note(
        "query",
        "Behind a foreign query (?x=1) no stored copy is to be seen: each one may be a download.",
        "Is the cache of the Images entrypoint switched off under [exports] in wrangler.toml?",
      );
}

/** Checks how long the 404 for a missing file is cached. */
export async function checkMissing({ client, settings }: Examination): Promise<Finding> {
  const answer = await client.ask(`/b2-image-worker-doctor/${crypto.randomUUID()}.jpg`);
  const seen = answer.headers.get("Cache-Control") ?? "nothing";
  if (answer.status !== 404)
    return wrong(
      "missing",
      `A file that is not there answers ${answer.status} instead of 404.`,
      "The log has the cause: npx wrangler tail.",
    );
  if (settings === undefined) return ok("missing", `A missing file is 404, kept for «${seen}».`);
  const wanted = `public, max-age=${settings.notFoundMaxAgeSeconds}`;
  // With hotlink protection the answer must not be stored.
  if (seen === wanted || seen === "no-store") return ok("missing", `A missing file is 404, kept for «${seen}».`);
  return wrong(
    "missing",
    `A missing file is kept for «${seen}» instead of «${wanted}».`,
    "Set Caching → Browser Cache TTL of the zone to «Respect Existing Headers», or deploy wrangler.toml as it is here.",
  );
}

/** Checks that the site's other addresses share its cache: Cloudflare's cache key has no host in it. */
export async function checkAddresses(examination: Examination, { file }: Shown): Promise<Finding> {
  const { client, otherOrigins } = examination;
  const [other] = otherOrigins;
  if (other === undefined) return unknown("addresses", "Only one address is known (another one: --other-url).");
  if (isChecked(examination)) return unknown("addresses", "Hotlink protection hides the cache behind the check.");
  const answer = await client.ask(file.canonicalPath, { origin: other }).catch((error: unknown) => error);
  if (answer instanceof RequestsUsedUp) throw answer;
  if (!isAnswer(answer)) {
    const { text, advice } = explainNetworkFault(answer, new URL(other).hostname);
    return wrong("addresses", text, advice);
  }
  if (answer.status !== 200)
    return wrong(
      "addresses",
      `${other} answers ${answer.status} for the picture.`,
      "Is that address still one of this Worker?",
    );
  if (isWithoutCache(answer, { origin: other })) return unknown("addresses", NO_CACHE_HERE);
  return cacheStatus(answer) === "HIT"
    ? ok("addresses", `${other} shares the cache: the picture was a HIT there.`)
    : note(
        "addresses",
        `${other} does not share the cache (${cacheStatus(answer) ?? "no Cf-Cache-Status"}).`,
        "Keep one address: each of them downloads every picture.",
      );
}

function isAnswer(answer: unknown): answer is Answer {
  return typeof answer === "object" && answer !== null && "status" in answer;
}
