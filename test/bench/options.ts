import { parseArgs } from "node:util";
import { SIZES, type Size } from "./sizes.ts";

export interface BenchOptions {
  json: boolean;
  secondsPerRound: number;
  rounds: number;
  sizes: Size[];
  /** How often a cold start and a 1 GiB stream are measured. */
  repeats: number;
}

export const USAGE = `npm run bench -- [--quick] [--json] [--seconds-per-round 0.4] [--rounds 20] [--sizes 0,4k,100k,5m]`;

/** Reads the command line; throws an Error that says what is wrong with it. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      "seconds-per-round": { type: "string" },
      rounds: { type: "string" },
      sizes: { type: "string" },
    },
  });
  const { json, quick } = values;
  return {
    json,
    secondsPerRound: number(values["seconds-per-round"], { name: "seconds-per-round", fallback: quick ? 0.2 : 0.4 }),
    rounds: Math.ceil(number(values.rounds, { name: "rounds", fallback: quick ? 5 : 20 })),
    sizes: values.sizes === undefined ? [...SIZES] : values.sizes.split(",").map(sizeOf),
    repeats: quick ? 1 : 3,
  };
}

function number(text: string | undefined, { name, fallback }: { name: string; fallback: number }): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
  return value;
}

function sizeOf(label: string): Size {
  const size = SIZES.find((each) => each.label === label);
  if (size === undefined) throw new Error(`--sizes knows ${SIZES.map((each) => each.label).join(", ")}, not ${label}`);
  return size;
}
