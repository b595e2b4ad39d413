import type { Contender, ContenderName } from "./contenders.ts";
import { putLoad } from "./load.ts";
import { cpuMicroseconds, peakMemoryBytes, resetPeakMemory } from "./process-figures.ts";
import type { Size } from "./sizes.ts";
import { median, quantile } from "./statistics.ts";

export interface Figures {
  /** CPU time of the Worker's process, in µs a request. */
  cpuMicroseconds: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  peakMemoryBytes: number;
}

export interface Row {
  size: string;
  contender: ContenderName;
  rounds: number;
  /** Medians over the rounds. */
  figures: Figures;
  /** Medians of the ratios to the pass-through of the same round. */
  ratios: Figures;
}

export interface RoundOptions {
  secondsPerRound: number;
  sizes: readonly Size[];
  rounds: number;
  onRound: (done: number) => void;
}

const FIGURES = ["cpuMicroseconds", "requestsPerSecond", "p50Ms", "p99Ms", "peakMemoryBytes"] as const;

/** Part of a measurement that comes before it and is not counted: connections, and V8's compilers. */
const WARM_UP_SHARE = 0.15;

interface Measured {
  contender: ContenderName;
  figures: Figures;
}

/**
 * Measures every contender with every size in each round, one at a time, and begins each round with another one:
 * what the machine does meanwhile hits all of them.
 */
export async function runRounds(contenders: readonly Contender[], options: RoundOptions): Promise<Row[]> {
  const { sizes, rounds, secondsPerRound, onRound } = options;
  const perSize = new Map<Size, Measured[][]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const measured: Measured[] = [];
      for (const [place] of contenders.entries()) {
        const contender = contenders[(place + round) % contenders.length];
        if (contender === undefined || !contender.sizes.includes(size)) continue;
        const warmUpMs = secondsPerRound * 1000 * (round === 0 ? 1 : WARM_UP_SHARE);
        const figures = await measure(contender, size, { warmUpMs, durationMs: secondsPerRound * 1000 });
        measured.push({ contender: contender.name, figures });
      }
      perSize.get(size)?.push(measured);
    }
    onRound(round + 1);
  }
  return sizes.flatMap((size) => rowsOf(size, contenders, perSize.get(size) ?? []));
}

async function measure(
  { workerd, pathOf }: Contender,
  size: Size,
  { warmUpMs, durationMs }: { warmUpMs: number; durationMs: number },
): Promise<Figures> {
  const { port, pid } = workerd;
  const load = { port, path: pathOf(size), bytes: size.bytes, concurrency: size.concurrency };
  await putLoad({ ...load, durationMs: warmUpMs });
  resetPeakMemory(pid);
  const cpuBefore = cpuMicroseconds(pid);
  const { requests, seconds, latenciesMs } = await putLoad({ ...load, durationMs });
  return {
    cpuMicroseconds: (cpuMicroseconds(pid) - cpuBefore) / requests,
    requestsPerSecond: requests / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    peakMemoryBytes: peakMemoryBytes(pid),
  };
}

function rowsOf(size: Size, contenders: readonly Contender[], rounds: readonly Measured[][]): Row[] {
  return contenders.flatMap(({ name, sizes }) => {
    if (!sizes.includes(size)) return [];
    const pairs = rounds.flatMap((measured) => {
      const own = measured.find(({ contender }) => contender === name)?.figures;
      const base = measured.find(({ contender }) => contender === "pass-through")?.figures;
      return own === undefined || base === undefined ? [] : [{ own, base }];
    });
    return [
      {
        size: size.label,
        contender: name,
        rounds: pairs.length,
        figures: eachFigure((figure) => median(pairs.map(({ own }) => own[figure]))),
        ratios: eachFigure((figure) => median(pairs.map(({ own, base }) => own[figure] / base[figure]))),
      },
    ];
  });
}

function eachFigure(compute: (figure: keyof Figures) => number): Figures {
  const [cpu, rps, p50, p99, peak] = FIGURES.map(compute);
  return {
    cpuMicroseconds: cpu ?? Number.NaN,
    requestsPerSecond: rps ?? Number.NaN,
    p50Ms: p50 ?? Number.NaN,
    p99Ms: p99 ?? Number.NaN,
    peakMemoryBytes: peak ?? Number.NaN,
  };
}
