import { HOUR_MS, type Outage, START, type World } from "./world.ts";

export type ApiFault = Outage["fault"];

export function apiFaultAt({ outages }: Pick<World, "outages">, now: number): ApiFault | undefined {
  return outages.find((outage) => beginOf(outage) <= now && now < endOf(outage))?.fault;
}

/** Whether the API had a fault at any time from `from` to `to`. */
export function apiFaultDuring({ outages }: Pick<World, "outages">, from: number, to: number): boolean {
  return outages.some((outage) => beginOf(outage) <= to && from < endOf(outage));
}

/** For how many ms of that time, with overlapping outages counted once. */
export function apiFaultMs({ outages }: Pick<World, "outages">, from: number, to: number): number {
  const edges = outages.flatMap((outage) => [beginOf(outage), endOf(outage)]).filter((at) => from < at && at < to);
  const marks = [from, ...edges.toSorted((one, other) => one - other), to];
  return marks.slice(1).reduce((sum, end, index) => {
    const begin = marks[index] ?? end;
    return apiFaultDuring({ outages }, begin, begin) ? sum + end - begin : sum;
  }, 0);
}

function beginOf({ startHour }: Outage): number {
  return START + startHour * HOUR_MS;
}

function endOf({ startHour, hours }: Outage): number {
  return START + (startHour + hours) * HOUR_MS;
}
