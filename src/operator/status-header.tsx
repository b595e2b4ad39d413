import type { Child } from "hono/jsx";
import { type Health, statusOf, type Trouble } from "../health/health.ts";
import { distanceTo, formatShortTime } from "../pages/format.ts";
import { Icon, Icons } from "../pages/icons.tsx";

/** The outcome of something that the owner did. */
export interface Outcome {
  mark: "ok" | "degraded" | "down";
  text: string;
}

/** The sentence for each state of the site. */
export const SENTENCES = {
  ok: "Pictures are served",
  degraded: "Pictures are served, but something is wrong",
  down: "Pictures are not served",
};

/** The content of the header. */
export interface Header {
  host: string;
  health: Health;
  /** ms since the epoch. */
  now: number;
  outcome?: Outcome | undefined;
  /** The line below the sentence when all is well. */
  allIsWell: string;
  children?: Child;
}

/** The top of the owner's page: whether the site works, and if not, why, since when, and what to do. */
export function StatusHeader({ host, health, now, outcome, allIsWell, children }: Header) {
  const status = statusOf(health);
  return (
    <header>
      <Icons names={["ok", "degraded", "down"]} />
      <p class="top">
        <span class="quiet">{host}</span>
        {children}
      </p>
      {outcome !== undefined && <Said outcome={outcome} />}
      <div class={`health ${status}`}>
        <Icon name={status} />
        <h1>{SENTENCES[status]}</h1>
        {health.length === 0 ? <p>{allIsWell}</p> : health.map((trouble) => <Wrong trouble={trouble} now={now} />)}
      </div>
    </header>
  );
}

function Wrong({ trouble: { reason, since }, now }: { trouble: Trouble; now: number }) {
  return (
    <p>
      {reason}
      {since !== undefined && (
        <span class="quiet small since">
          Since <time datetime={new Date(since).toISOString()}>{formatShortTime(since)}</time>, {distanceTo(since, now)}
          .
        </span>
      )}
    </p>
  );
}

function Said({ outcome: { mark, text } }: { outcome: Outcome }) {
  return (
    <div class={`said ${mark}`} role="alert">
      <Icon name={mark} />
      <p>{text}</p>
    </div>
  );
}
