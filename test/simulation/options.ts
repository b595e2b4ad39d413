import { parseArgs } from "node:util";
import { KINDS } from "./kinds.ts";
import type { WorldSize } from "./world.ts";

export interface SimulateOptions extends WorldSize {
  kinds: string[];
  seed: number;
  runs: number;
}

/** Less, and a token that is left to die of age would not die. */
const LEAST_DAYS = 30;

export const USAGE = `Runs the real token code and the cron's job in worlds of virtual time, and judges what visitors get.

npm run simulate -- [options]

  --kind KIND       the kind of world; may be repeated (all of them):
${Object.entries(KINDS)
  .map(([name, { promise }]) => `                      ${name}: ${promise}`)
  .join("\n")}
  --runs N          how many worlds of each kind (10)
  --days N          how long each world is, ${LEAST_DAYS} to 3650 (${LEAST_DAYS})
  --isolates N      how many isolates live at any time, 1 to 10000 (300)
  --seed N          which worlds; the same seed runs the same worlds (today's date, such as 20261124)
  --help            this text

It prints one line of figures for each world. Exit code: 0 when every promise was kept, 1 when one was broken (it then
prints the smallest such world that it found, and what happened), 2 for an option that it does not understand.`;

/** Reads the command line; undefined for `--help`. Throws an Error that says what is wrong with it. */
export function readOptions(args: string[]): SimulateOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      kind: { type: "string", multiple: true },
      runs: { type: "string", default: "10" },
      days: { type: "string", default: String(LEAST_DAYS) },
      isolates: { type: "string", default: "300" },
      seed: { type: "string", default: new Date().toISOString().slice(0, 10).replaceAll("-", "") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const kinds = values.kind ?? Object.keys(KINDS);
  const unknown = kinds.find((kind) => !Object.hasOwn(KINDS, kind));
  if (unknown !== undefined) throw new Error(`--kind ${unknown}: there are ${Object.keys(KINDS).join(", ")}.`);
  return {
    kinds,
    runs: wholeNumber("--runs", values.runs, { least: 1, most: 1_000_000 }),
    days: wholeNumber("--days", values.days, { least: LEAST_DAYS, most: 3650 }),
    isolates: wholeNumber("--isolates", values.isolates, { least: 1, most: 10_000 }),
    seed: wholeNumber("--seed", values.seed, { least: 0, most: 2 ** 31 - 1 }),
  };
}

function wholeNumber(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${name} must be a whole number from ${least} to ${most}.`);
}
