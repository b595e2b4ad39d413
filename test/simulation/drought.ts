import type { SimulatedIsolate } from "./isolate.ts";
import { dayOf } from "./world.ts";

/** A time in which some isolate may find no good token in KV, and who had visitors in it. */
export interface Drought {
  from: number;
  to: number;
  /** For each isolate with a visitor: the time of the first one, on each day. */
  active: Map<SimulatedIsolate, Map<number, number>>;
}

export interface DroughtWatch {
  droughts: Drought[];
  /** Told whenever it may have changed whether KV's newest record is good. */
  update(isGood: boolean): void;
  /** Tokens died that some isolates may hold, whatever is in KV. */
  loss(isGood: boolean): void;
  noteVisit(isolate: SimulatedIsolate, from: number, to: number): void;
}

/** Watches KV. A drought goes on for `tailMs` after a good record was written: until then some place may not see it. */
export function watchDroughts(now: () => number, tailMs: number): DroughtWatch {
  const droughts: Drought[] = [];

  function update(isGood: boolean): void {
    const open = droughts.filter(({ to }) => to === Number.POSITIVE_INFINITY);
    if (isGood) for (const drought of open) drought.to = now() + tailMs;
    else if (open.length === 0) begin();
  }

  function loss(isGood: boolean): void {
    begin();
    update(isGood);
  }

  function begin(): void {
    droughts.push({ from: now(), to: Number.POSITIVE_INFINITY, active: new Map() });
  }

  function noteVisit(isolate: SimulatedIsolate, from: number, to: number): void {
    for (const drought of droughts.filter((each) => each.from <= to && from <= each.to)) {
      const days = drought.active.get(isolate) ?? new Map<number, number>();
      for (const day of [dayOf(from), dayOf(to)]) {
        if (!days.has(day)) days.set(day, Math.max(from, drought.from));
      }
      drought.active.set(isolate, days);
    }
  }

  return { droughts, update, loss, noteVisit };
}
