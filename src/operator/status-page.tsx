import { statusOf } from "../health/health.ts";
import { distanceTo, formatDate, formatShortTime, formatSpan } from "../pages/format.ts";
import { renderPage } from "../pages/page.tsx";
import type { Version as DeployedVersion } from "../settings.ts";
import { PurgeForms } from "./purge-forms.tsx";
import { RotationChart } from "./rotation-chart.tsx";
import { BucketFacts, SettingTable } from "./status-facts.tsx";
import { type Outcome, SENTENCES, StatusHeader } from "./status-header.tsx";
import type { MisconfiguredReport, StatusReport } from "./status-report.ts";
import { STATUS_STYLE } from "./status-style.ts";

/** Renders the status page as HTML. Problems and advice come first. `outcome`: of the action that led to the page. */
export function statusPage(report: StatusReport, outcome: Outcome | undefined): string {
  const { health, host, now, runs } = report;
  return renderPage({
    title: `${SENTENCES[statusOf(health)]} · ${host}`,
    style: STATUS_STYLE,
    robots: "noindex",
    children: (
      <>
        <StatusHeader host={host} health={health} now={now} outcome={outcome} allIsWell={lastRun(report)}>
          <a href="/-/files">Files</a>
        </StatusHeader>
        <main>
          <Times report={report} />
          <section aria-labelledby="rotations">
            <h2 id="rotations">Rotations</h2>
            <RotationChart runs={runs} now={now} />
          </section>
          <section aria-labelledby="purge">
            <h2 id="purge">Purge a picture that was replaced</h2>
            <p class="quiet small lead-in">
              Cloudflare then fetches it anew. Browsers keep their copies until those expire.
            </p>
            <PurgeForms />
          </section>
          <section aria-labelledby="bucket">
            <h2 id="bucket">Bucket and key</h2>
            <BucketFacts report={report} />
          </section>
          <section aria-labelledby="settings">
            <h2 id="settings">Settings</h2>
            <SettingTable settings={report.settings} unknownVariables={report.unknownVariables} />
          </section>
        </main>
        <Version report={report} />
      </>
    ),
  });
}

/** Renders the status page while the settings do not parse: which ones, and what is set. */
export function misconfiguredPage(report: MisconfiguredReport): string {
  return renderPage({
    title: `${SENTENCES.down} · ${report.host}`,
    style: STATUS_STYLE,
    robots: "noindex",
    children: (
      <>
        <StatusHeader {...report} allIsWell="" />
        <main>
          <section aria-labelledby="settings">
            <h2 id="settings">Settings</h2>
            <SettingTable {...report} />
          </section>
        </main>
      </>
    ),
  });
}

function lastRun({ runs, now }: StatusReport): string {
  const last = runs.at(-1);
  if (last === undefined) return "No rotation is on record yet.";
  const what = last.outcome === "failed" ? "failed, and the previous token is still in use" : "brought a new token";
  return `The last rotation, ${distanceTo(last.at, now)}, ${what}.`;
}

function Times({ report: { token, schedule, now } }: { report: StatusReport }) {
  return (
    <section aria-label="The token">
      <dl class="times">
        {token !== undefined && <Moment name="The token is valid until" at={token.expiresAt} now={now} />}
        {schedule.nextAt !== undefined && <Moment name="The next one is due" at={schedule.nextAt} now={now} />}
        {token !== undefined && <Moment name="This one was made" at={token.issuedAt} now={now} />}
      </dl>
      <form class="actions" method="post" action="/-/rotate">
        <button class="button" type="submit">
          Get a new token now
        </button>
        {schedule.cron !== undefined && (
          <p class="quiet small">
            A cron trigger does this by itself: <code>{schedule.cron}</code>, in UTC.
          </p>
        )}
      </form>
    </section>
  );
}

function Moment({ name, at, now }: { name: string; at: number; now: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span class="lead">{distanceTo(at, now)}</span>
        <time class="quiet small" datetime={new Date(at).toISOString()}>
          {formatShortTime(at)}
        </time>
      </dd>
    </div>
  );
}

function Version({ report: { release, version, now } }: { report: StatusReport }) {
  return (
    <footer>
      <p>
        b2-image-worker {release}
        {version !== undefined && <Deployment version={version} now={now} />}
      </p>
    </footer>
  );
}

function Deployment({ version: { id, tag, timestamp }, now }: { version: DeployedVersion; now: number }) {
  const at = Date.parse(timestamp);
  return (
    <>
      , version {tag === "" ? id : `${tag} (${id})`}
      {Number.isFinite(at) && `, deployed ${formatDate(at)}, ${formatSpan(now - at)} ago`}
    </>
  );
}
