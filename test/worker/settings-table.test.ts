import { describe, expect, it } from "vitest";
import { SETTINGS } from "../../src/settings.ts";

const [readme = ""] = Object.values(
  import.meta.glob<string>("../../README.md", { query: "?raw", eager: true, import: "default" }),
);

/** The rows of the README's table with this first cell in its head: the variables of each row, and its other cells. */
function rowsUnder(head: string): { variables: string[]; cells: string[] }[] {
  const table = readme.split("\n\n").find((block) => block.startsWith(`| ${head} |`)) ?? "";
  return table
    .split("\n")
    .slice(2)
    .map((line) => {
      const [first = "", ...cells] = line.split("|").slice(1, -1);
      return { variables: [...first.matchAll(/`([A-Z0-9_]+)`/g)].map(([, name = ""]) => name), cells };
    });
}

const secrets = rowsUnder("secret");
const variables = rowsUnder("variable");

describe("the README's tables of settings", () => {
  it("name every setting of the schema once, and no other", () => {
    const named = [...secrets, ...variables].flatMap((row) => row.variables);
    expect(named.toSorted()).toEqual(SETTINGS.map(({ variable }) => variable).toSorted());
  });

  it("call secrets just those whose values nobody gets to see", () => {
    const hidden = SETTINGS.filter(({ isSecret }) => isSecret).map(({ variable }) => variable);
    expect(hidden.toSorted()).toEqual(secrets.flatMap((row) => row.variables).toSorted());
  });

  const rows = variables.flatMap((row) => row.variables.map((name) => ({ name, cell: row.cells[0]?.trim() ?? "" })));

  it.each(rows)("tell the default of $name", ({ name, cell }) => {
    const fallback = SETTINGS.find(({ variable }) => variable === name)?.fallback;
    // A setting that is off has words there.
    if (fallback === "") expect(cell).toMatch(/^[a-z' ]+$/);
    else expect(cell).toBe(`\`${fallback}\``);
  });
});
