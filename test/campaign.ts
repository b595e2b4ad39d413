import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The part of each random campaign that this run makes (test/vitest.config.ts). */
    campaign: number;
  }
}

/** How many of the requests, worlds or inputs of a random campaign this run makes: all with `CI=true`, else a tenth. */
export function campaign(whole: number): number {
  return Math.ceil(whole * inject("campaign"));
}
