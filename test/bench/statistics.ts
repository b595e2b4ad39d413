/** The middle of some numbers, and an interval in which the true middle lies with 95 % confidence. */
export interface Estimate {
  median: number;
  low: number;
  high: number;
}

/** The middle of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  return quantile(Float64Array.from(numbers).sort(), 0.5);
}

/**
 * The median and its 95 % interval between two order statistics, which asks nothing of how the numbers are spread: the
 * count of numbers below the true median is binomial. With fewer than six numbers the interval is their whole range.
 */
export function estimate(numbers: readonly number[]): Estimate {
  const sorted = Float64Array.from(numbers).sort();
  const below = Math.max(0, Math.floor(sorted.length / 2 - 0.98 * Math.sqrt(sorted.length)));
  return {
    median: quantile(sorted, 0.5),
    low: sorted[below] ?? Number.NaN,
    high: sorted[sorted.length - 1 - below] ?? Number.NaN,
  };
}

/** The value below which a part of sorted numbers lies, by linear interpolation; NaN of none. */
export function quantile(sorted: Float64Array, part: number): number {
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
