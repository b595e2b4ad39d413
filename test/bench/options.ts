import { parseArgs } from "node:util";
import { SIZES, type Size } from "./sizes.ts";

export interface BenchOptions {
  json: boolean;
  secondsPerSlice: number;
  rounds: number;
  sizes: Size[];
  /** Where a CPU profile goes, instead of a measurement. */
  profile: string | undefined;
  help: boolean;
  /** How often a cold start is measured. */
  coldStarts: number;
  /** How often a 1 GiB stream is measured. */
  streams: number;
  /** How many requests the heap must be flat over. */
  requestsBeforeCollection: number;
}

export const USAGE = `npm run bench -- [options]

  --quick                  5 rounds of short slices: a glance, not a measurement
  --json                   the whole report as JSON
  --rounds N               rounds (24)
  --seconds-per-slice N    how long one Worker is under load at a time (0.25)
  --sizes LIST             some of 0,4k,100k,5m
  --profile FILE           nothing but a CPU profile of the Worker at 4 KB: writes FILE (such as bench.cpuprofile, which
                           Chromium's developer tools open), and prints the functions with most time of their own
  --help                   this text`;

/** Reads the command line; throws an Error that says what is wrong with it. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      profile: { type: "string" },
      "seconds-per-slice": { type: "string" },
      rounds: { type: "string" },
      sizes: { type: "string" },
    },
  });
  const { json, quick } = values;
  return {
    json,
    help: values.help,
    profile: values.profile,
    secondsPerSlice: number(values["seconds-per-slice"], { name: "seconds-per-slice", fallback: quick ? 0.15 : 0.25 }),
    rounds: Math.ceil(number(values.rounds, { name: "rounds", fallback: quick ? 5 : 24 })),
    sizes: values.sizes === undefined ? [...SIZES] : values.sizes.split(",").map(sizeOf),
    coldStarts: quick ? 1 : 15,
    streams: quick ? 1 : 3,
    requestsBeforeCollection: quick ? 2_000 : 100_000,
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
