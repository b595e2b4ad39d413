import type { Contender, ContenderName } from "./contenders.ts";
import type { Size } from "./sizes.ts";
import { type Figures, measureSlice } from "./slice.ts";
import { type Estimate, estimate, median } from "./statistics.ts";

export interface Row {
  size: string;
  contender: ContenderName;
  /** How many rounds have a slice of this Worker and one of the pass-through. */
  rounds: number;
  /** Medians over the rounds. */
  figures: Figures;
  /** Medians of the ratios to the pass-through of the same round. */
  ratios: Figures;
  /** CPU, as a ratio to another Worker of the same round. */
  cpuToPassThrough: Estimate;
  cpuToClassic: Estimate;
  cpuToSigV4: Estimate;
}

export interface RoundsResult {
  rows: Row[];
  slices: number;
  /** Slices in which other programs were busy. */
  thrownAway: number;
}

export interface RoundOptions {
  secondsPerSlice: number;
  sizes: readonly Size[];
  rounds: number;
  originPid: number;
  onRound: (done: number) => void;
}

const FIGURES = ["cpuMicroseconds", "requestsPerSecond", "p50Ms", "p99Ms", "peakMemoryBytes"] as const;

/** Part of a slice that comes before it and is not counted: connections, and V8's compilers. */
const WARM_UP_SHARE = 0.15;
/** How often a slice is measured again when other programs were busy. */
const MOST_TRIES = 3;

type Round = Map<ContenderName, Figures>;

/**
 * Measures every contender with every size in each round, one slice at a time, and begins each round with another one:
 * what the machine does meanwhile hits all of them.
 */
export async function runRounds(contenders: readonly Contender[], options: RoundOptions): Promise<RoundsResult> {
  const { sizes, rounds, onRound } = options;
  const perSize = new Map<Size, Round[]>(sizes.map((size) => [size, []]));
  let slices = 0;
  let thrownAway = 0;
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const measured: Round = new Map();
      for (const [place] of contenders.entries()) {
        const contender = contenders[(place + round) % contenders.length];
        if (contender === undefined || !contender.sizes.includes(size)) continue;
        const { figures, tries } = await measureQuietly(contender, size, { ...options, isFirst: round === 0 });
        slices += tries;
        thrownAway += figures === undefined ? tries : tries - 1;
        if (figures !== undefined) measured.set(contender.name, figures);
      }
      perSize.get(size)?.push(measured);
    }
    onRound(round + 1);
  }
  return { rows: sizes.flatMap((size) => rowsOf(size, contenders, perSize.get(size) ?? [])), slices, thrownAway };
}

async function measureQuietly(
  contender: Contender,
  size: Size,
  { secondsPerSlice, originPid, isFirst }: RoundOptions & { isFirst: boolean },
): Promise<{ figures: Figures | undefined; tries: number }> {
  const durationMs = secondsPerSlice * 1000;
  const warmUpMs = durationMs * (isFirst ? 1 : WARM_UP_SHARE);
  for (let tries = 1; ; tries += 1) {
    const figures = await measureSlice(contender, size, { warmUpMs, durationMs, originPid });
    if (figures !== undefined || tries === MOST_TRIES) return { figures, tries };
  }
}

function rowsOf(size: Size, contenders: readonly Contender[], rounds: readonly Round[]): Row[] {
  return contenders.flatMap(({ name, sizes }) => {
    if (!sizes.includes(size)) return [];
    const pairs = pairsOf(rounds, name, "pass-through");
    const cpuTo = (other: ContenderName) =>
      estimate(pairsOf(rounds, name, other).map(({ own, base }) => own.cpuMicroseconds / base.cpuMicroseconds));
    return [
      {
        size: size.label,
        contender: name,
        rounds: pairs.length,
        figures: eachFigure((figure) => median(pairs.map(({ own }) => own[figure]))),
        ratios: eachFigure((figure) => median(pairs.map(({ own, base }) => own[figure] / base[figure]))),
        cpuToPassThrough: cpuTo("pass-through"),
        cpuToClassic: cpuTo("classic"),
        cpuToSigV4: cpuTo("sigv4"),
      },
    ];
  });
}

function pairsOf(rounds: readonly Round[], name: ContenderName, other: ContenderName) {
  return rounds.flatMap((round) => {
    const [own, base] = [round.get(name), round.get(other)];
    return own === undefined || base === undefined ? [] : [{ own, base }];
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
