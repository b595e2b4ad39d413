import { HOUR_MS, type Outage, type Refusal, START, type World } from "./world.ts";

/** The file that B2 refuses alone. */
export const ODD_FILE = "odd.jpg";
/** A deploy reaches all isolates within this. */
export const DEPLOY_TAKES_MS = 60_000;
/** What B2 answers may be on its way for so long. */
const LATENCY_MS = 1_000;

export type ApiFault = Outage["fault"];

export function apiFaultAt({ outages }: Pick<World, "outages">, now: number): ApiFault | undefined {
  return outages.find((outage) => beginOf(outage) <= now && now < endOf(outage))?.fault;
}

/** Whether the API had a fault, or refused the key in use, at any time from `from` to `to`. */
export function apiFaultDuring(world: World, from: number, to: number): boolean {
  return faultWindows(world).some((window) => beginOf(window) <= to && from < endOf(window));
}

/** Whether B2 refused downloads of this file at any time from `from` to `to`, whatever the token. */
export function isRefusedDuring(
  { refusals }: World,
  name: string,
  { from, to }: { from: number; to: number },
): boolean {
  return refusals.some(
    (refusal) =>
      (refusal.of === "all" || name === ODD_FILE) && beginOf(refusal) <= to && from < endOf(refusal) + LATENCY_MS,
  );
}

/** For how many ms of that time, with overlapping outages counted once. */
export function apiFaultMs(world: World, from: number, to: number): number {
  const edges = faultWindows(world)
    .flatMap((window) => [beginOf(window), endOf(window)])
    .filter((at) => from < at && at < to);
  const marks = [from, ...edges.toSorted((one, other) => one - other), to];
  return marks.slice(1).reduce((sum, end, index) => {
    const begin = marks[index] ?? end;
    return apiFaultDuring(world, begin, begin) ? sum + end - begin : sum;
  }, 0);
}

type Window = Pick<Outage | Refusal, "startHour" | "hours">;

/** From a deploy with a mistyped key until all isolates have the next one. */
function faultWindows({ outages, deploys, days }: World): Window[] {
  const inOrder = deploys.toSorted((one, other) => one.hour - other.hour).filter(({ newKey }) => newKey);
  const wrongs = inOrder.flatMap(({ hour, isWrong }, index) => {
    const next = inOrder[index + 1]?.hour ?? days * 24;
    return isWrong === true ? [{ startHour: hour, hours: next - hour + DEPLOY_TAKES_MS / HOUR_MS }] : [];
  });
  return [...outages, ...wrongs];
}

function beginOf({ startHour }: Window): number {
  return START + startHour * HOUR_MS;
}

function endOf({ startHour, hours }: Window): number {
  return START + (startHour + hours) * HOUR_MS;
}
