import { formatCount, formatDate, formatShortTime, formatSpan } from "../pages/format.ts";
import type { RotationOutcome as Run } from "../token/rotation-history.ts";

/** The height of one lane, in pixels. */
const LANE_HEIGHT = 20;

const LANES: { by: Required<Run>["by"]; name: string }[] = [
  { by: "cron", name: "by cron" },
  { by: "request", name: "by a visit" },
  { by: "owner", name: "by you" },
];

/** The outcomes in the order of the key below the chart, and their names. */
const OUTCOMES: { outcome: Run["outcome"]; name: string }[] = [
  { outcome: "published", name: "a new token" },
  { outcome: "published-unproven", name: "a new token that could not be tried" },
  { outcome: "failed", name: "failed" },
];

/**
 * Draws the last rotations over time, with a lane for each way to start one, and below them how long each token is valid: a
 * gap means that there was none. Positions are percentages, since the page's policy allows no style attributes.
 */
export function RotationChart({ runs, now }: { runs: Run[]; now: number }) {
  const [first] = runs;
  if (first === undefined) return <p class="quiet">No rotation is on record yet.</p>;
  const lanes = LANES.filter(({ by }) => runs.some((run) => whoAsked(run) === by));
  const ends = runs.map(({ expiresAt }) => expiresAt ?? now);
  const span = { from: first.at, to: Math.max(now, ...ends) };
  const place = (at: number) => `${(((at - span.from) / Math.max(1, span.to - span.from)) * 100).toFixed(2)}%`;
  const bottom = lanes.length * LANE_HEIGHT;
  return (
    <figure class="rotations">
      <div class="chart">
        <ul aria-hidden="true">
          {lanes.map(({ name }) => (
            <li>{name}</li>
          ))}
          <li>tokens</li>
        </ul>
        <svg role="img" aria-label={summaryOf(runs)} height={bottom + 2 * LANE_HEIGHT}>
          {lanes.map((lane, index) => (
            <Lane y={middleOf(index)} runs={runs.filter((run) => whoAsked(run) === lane.by)} place={place} />
          ))}
          {runs.map((run) => (
            <Life run={run} y={bottom + 4} place={place} />
          ))}
          <line class="now" x1={place(now)} x2={place(now)} y1="0" y2={bottom + LANE_HEIGHT + 4} />
          <Dates span={span} now={now} place={place} y={bottom + 2 * LANE_HEIGHT - 3} />
        </svg>
      </div>
      <Key runs={runs} />
      <RunTable runs={runs} />
    </figure>
  );
}

type Place = (at: number) => string;

function Lane({ y, runs, place }: { y: number; runs: Run[]; place: Place }) {
  return (
    <g>
      <line class="lane" x1="0" x2="100%" y1={y} y2={y} />
      {runs.toSorted(failedLast).map(({ at, outcome }) => (
        <svg x={place(at)} y={y} overflow="visible" aria-hidden="true">
          <Mark outcome={outcome} />
        </svg>
      ))}
    </g>
  );
}

/** Sorts failed rotations to the end, so that they are drawn on top. */
function failedLast(one: Run, other: Run): number {
  return Number(one.outcome === "failed") - Number(other.outcome === "failed");
}

/** The mark of a rotation: a disc, a ring or a cross. */
function Mark({ outcome }: { outcome: Run["outcome"] }) {
  return outcome === "failed" ? (
    <path class="run failed" d="M-3.5-3.5l7 7m0-7-7 7" />
  ) : (
    <circle class={`run ${outcome}`} r="3" />
  );
}

function Life({ run: { at, expiresAt }, y, place }: { run: Run; y: number; place: Place }) {
  if (expiresAt === undefined) return null;
  const width = `${(Number.parseFloat(place(expiresAt)) - Number.parseFloat(place(at))).toFixed(2)}%`;
  return <rect class="life" x={place(at)} width={width} y={y} height={LANE_HEIGHT - 8} />;
}

/** The dates below the chart. Where one would run into «now», it is left out. */
function Dates({ span, now, place, y }: { span: { from: number; to: number }; now: number; place: Place; y: number }) {
  const nowAt = Number.parseFloat(place(now));
  return (
    <g class="dates">
      {nowAt > 30 && (
        <text x="0" y={y}>
          {formatDate(span.from)}
        </text>
      )}
      <text x={place(now)} y={y} text-anchor={nowAt > 90 ? "end" : nowAt < 10 ? "start" : "middle"}>
        now
      </text>
      {nowAt < 70 && (
        <text x="100%" y={y} text-anchor="end">
          {formatDate(span.to)}
        </text>
      )}
    </g>
  );
}

function Key({ runs }: { runs: Run[] }) {
  const shown = OUTCOMES.filter(({ outcome }) => runs.some((run) => run.outcome === outcome));
  return (
    <ul class="key chart-key">
      {shown.map(({ outcome, name }) => (
        <li>
          <svg class="chart" viewBox="-6 -6 12 12" aria-hidden="true">
            <Mark outcome={outcome} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function RunTable({ runs }: { runs: Run[] }) {
  return (
    <details>
      <summary>The same as a table</summary>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">By</th>
              <th scope="col">Outcome</th>
              <th scope="col">Took</th>
            </tr>
          </thead>
          <tbody>
            {runs.toReversed().map((run) => (
              <tr>
                <td>{formatShortTime(run.at)}</td>
                <td>{whoAsked(run)}</td>
                <td>{outcomeOf(run)}</td>
                <td>{durationOf(run)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function outcomeOf({ outcome, step }: Run): string {
  const name = OUTCOMES.find((each) => each.outcome === outcome)?.name ?? outcome;
  return step === undefined ? name : `${name} at ${step}`;
}

/** The duration in words; empty for a request's mint, whose duration is not recorded. */
function durationOf({ by, durationMs }: Run): string {
  if (by === "request") return "";
  return durationMs < 1000 ? `${durationMs} ms` : formatSpan(durationMs);
}

function summaryOf(runs: Run[]): string {
  const failed = runs.filter(({ outcome }) => outcome === "failed").length;
  return `The last ${formatCount(runs.length, "rotation")}, of which ${failed} failed. The table below says the same.`;
}

function whoAsked({ by = "cron" }: Run): Required<Run>["by"] {
  return by;
}

function middleOf(lane: number): number {
  return lane * LANE_HEIGHT + LANE_HEIGHT / 2;
}
