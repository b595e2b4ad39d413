import { badRequest } from "./problem.ts";

/**
 * Where the sources about B2 differ or are silent. Each position is a B2 that may be the real one, so whoever talks to B2
 * must be right in all of them. The first is the one that more sources tell.
 */
export const SWITCHES = {
  scopeError: {
    positions: ["401", "403"],
    meaning: "the status when a key or token lacks a right, or is used outside of its bucket or prefix",
  },
  wholeRange: {
    positions: ["200", "206"],
    meaning: "the status for a range that covers the whole file",
  },
  rawNames: {
    positions: ["encoded", "literal"],
    meaning: "in a name on the wire, + is a space and a raw & or , is refused, or all three stand for themselves",
  },
  downloadTokens: {
    positions: ["outlive-key", "die-with-key"],
    meaning: "what becomes of download tokens when their key is deleted or ends",
  },
} as const;

type SwitchName = keyof typeof SWITCHES;

export type Switches = { [Name in SwitchName]: (typeof SWITCHES)[Name]["positions"][number] };

export const USUAL_POSITIONS: Switches = {
  scopeError: "401",
  wholeRange: "200",
  rawNames: "encoded",
  downloadTokens: "outlive-key",
};

/** The last position of each, for a second run of what a switch touches. */
export const OTHER_POSITIONS: Switches = {
  scopeError: "403",
  wholeRange: "206",
  rawNames: "literal",
  downloadTokens: "die-with-key",
};

/** Checks positions as a client posted them. Throws 400 with what is possible. */
export function readSwitches(posted: unknown): Partial<Switches> {
  if (typeof posted !== "object" || posted === null || Array.isArray(posted))
    throw badRequest(`Switches are an object; it may have ${Object.keys(SWITCHES).join(", ")}`);
  for (const [name, position] of Object.entries(posted)) {
    const positions = Object.entries(SWITCHES).find(([known]) => known === name)?.[1].positions;
    if (positions === undefined)
      throw badRequest(`There is no switch ${name}; there are ${Object.keys(SWITCHES).join(", ")}`);
    if (!positions.some((known) => known === position))
      throw badRequest(`The switch ${name} must be ${positions.map((known) => `"${known}"`).join(" or ")}`);
  }
  return posted;
}
