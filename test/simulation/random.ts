/** Numbers that a seed decides, so that a world runs the same way each time. */
export interface Random {
  /** From 0 to 1. */
  unit(): number;
  between(low: number, high: number): number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** Gaps of arrivals that know nothing of each other. */
  exponential(mean: number): number;
}

export function createRandom(seed: number): Random {
  let state = seed | 0;

  /** mulberry32 */
  function unit(): number {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state);
  }

  return {
    unit,
    between: (low, high) => low + unit() * (high - low),
    below: (limit) => Math.floor(unit() * limit),
    chance: (probability) => unit() < probability,
    exponential: (mean) => -Math.log(1 - unit()) * mean,
  };
}

/** A number from 0 to 1 that is always the same for the same three: for what is asked about often and out of order. */
export function drawFor(seed: number, first: number, second: number): number {
  return mix((seed ^ Math.imul(first + 1, 0x9e3779b1) ^ Math.imul(second + 1, 0x85ebca6b)) | 0);
}

function mix(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
