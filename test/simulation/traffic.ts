import { WRONG_KEY } from "./b2.ts";
import { createSimulatedIsolate, type SimulatedIsolate } from "./isolate.ts";
import { DEPLOY_TAKES_MS } from "./outage.ts";
import type { Scene } from "./scene.ts";
import { HOUR_MS, PLACES, START } from "./world.ts";

/** Few visitors while nothing happens, for then nothing can go wrong: they come in numbers around every event. */
const MEAN_GAPS_MS = [4 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS, 48 * HOUR_MS];
const MEAN_LIFE_MS = 10 * HOUR_MS;
const CROWD_CHANCE = 0.08;
const LARGEST_CROWD = 12;
/** A few isolates are busy all the time around an event, so that what they go through has a history. */
const BUSY_ISOLATES = 6;
const BUSY_AROUND_MS = 8 * 60_000;
/** Two of them are busy for this long, until a back-off has grown to its longest. */
const LONG_BUSY_BEFORE_MS = 28 * 60_000;
const BUSY_GAP_MS = 15_000;
/** One client reaches few isolates. */
const BESIEGED_ISOLATES = 10;
const SIEGE_GAP_MS = 20_000;
/** Visitors of one crowd come within this. */
const CROWD_MS = 3_000;

export interface Traffic {
  start(): void;
  /** Many come within this time: to old isolates, and to new ones. */
  rush(from: number, to: number): void;
  /** Some isolates are asked for one file all the time. */
  besiege(name: string, from: number, to: number): void;
  /** The application key of those that live after all deploys until now. */
  currentKey(): string;
}

/** Called for each visitor, with the file that is asked for. */
export type Visitor = (isolate: SimulatedIsolate, name: string) => void;

/** What nearly everybody asks for. */
const FILE = "cat.jpg";

interface Slot {
  meanGapMs: number;
  deployDelayMs: number;
  isolate: SimulatedIsolate | undefined;
  deploys: number;
  diesAt: number;
}

/**
 * Who comes when, and to which isolate. An isolate is born by its first visitor, in any place, and lives for hours. One
 * factory, since every visit may begin or end an isolate of the same places.
 */
export function createTraffic(scene: Scene, onVisitor: Visitor): Traffic {
  const { world, random, time } = scene;
  const slots = Array.from({ length: world.isolates }, (_, number): Slot => {
    const meanGapMs = MEAN_GAPS_MS[number % MEAN_GAPS_MS.length] ?? HOUR_MS;
    const deployDelayMs = random.between(0, DEPLOY_TAKES_MS);
    return { meanGapMs, deployDelayMs, isolate: undefined, deploys: 0, diesAt: 0 };
  });

  function start(): void {
    for (const slot of slots) comeAgain(slot);
  }

  function comeAgain(slot: Slot): void {
    time.at(time.now() + random.exponential(slot.meanGapMs), () => {
      arrive(slot);
      comeAgain(slot);
    });
  }

  function arrive(slot: Slot): void {
    const isolate = isolateIn(slot);
    const visitors = random.chance(CROWD_CHANCE) ? 2 + random.below(LARGEST_CROWD - 1) : 1;
    onVisitor(isolate, FILE);
    for (let n = 1; n < visitors; n += 1) {
      // Some at the very same moment.
      const delayMs = Math.max(0, random.between(-CROWD_MS, CROWD_MS));
      time.at(time.now() + delayMs, () => onVisitor(isolate, FILE));
    }
  }

  function isolateIn(slot: Slot): SimulatedIsolate {
    const deploys = deploysUntil(time.now() - slot.deployDelayMs);
    if (slot.isolate === undefined || slot.deploys < deploys || slot.diesAt < time.now()) {
      const place = random.below(PLACES);
      slot.isolate = createSimulatedIsolate({ place, applicationKeyId: keyAfter(deploys) }, scene);
      scene.figures.isolates += 1;
      slot.deploys = deploys;
      slot.diesAt = time.now() + random.exponential(MEAN_LIFE_MS);
    }
    return slot.isolate;
  }

  function deploysUntil(at: number): number {
    return world.deploys.filter(({ hour }) => START + hour * HOUR_MS <= at).length;
  }

  function keyAfter(deploys: number): string {
    const inOrder = world.deploys.toSorted((one, other) => one.hour - other.hour).slice(0, deploys);
    const newKeys = inOrder.filter(({ newKey }) => newKey);
    return `key-${newKeys.length}${newKeys.at(-1)?.isWrong === true ? WRONG_KEY : ""}`;
  }

  function rush(from: number, to: number): void {
    for (const [number, slot] of slots.slice(0, BUSY_ISOLATES).entries()) {
      const begin = from - (number < 2 ? LONG_BUSY_BEFORE_MS : BUSY_AROUND_MS);
      for (let at = begin; at < to + BUSY_AROUND_MS; at += random.exponential(BUSY_GAP_MS)) {
        time.at(at, () => arrive(slot));
      }
    }
    for (const slot of slots.slice(BUSY_ISOLATES)) {
      if (random.chance(0.6)) continue;
      for (let n = 0; n < 3; n += 1) {
        const isNew = random.chance(0.2);
        time.at(random.between(from, to), () => {
          if (isNew) slot.diesAt = 0;
          arrive(slot);
        });
      }
    }
  }

  function besiege(name: string, from: number, to: number): void {
    for (const slot of slots.slice(0, BESIEGED_ISOLATES)) {
      for (let at = from; at < to; at += random.exponential(SIEGE_GAP_MS)) {
        time.at(at, () => onVisitor(isolateIn(slot), name));
      }
    }
  }

  return { start, rush, besiege, currentKey: () => keyAfter(deploysUntil(time.now())) };
}
