import { expect, it } from "vitest";

/** Imports point down this list only; the files of one line may import each other, but not in a circle. */
const LAYERS: RegExp[] = [
  /^cli\//,
  /^index\.ts$/,
  /^gateway\.ts$/,
  /^operator\//,
  /^site\.ts$/,
  /^health\//,
  /^sign-in\//,
  /^rotation\//,
  /^gallery\//,
  /^images\/(?!preset\.ts$|images-binding\.ts$)/,
  /^purge\//,
  /^(?:locate|fault)\.ts$/,
  /^address\.ts$/,
  /^respond\//,
  /^pages\//,
  /^(?:settings|settings-in-force|setting-contradictions|setting-parsers)\.ts$/,
  // A setting and a binding: they are described where their meaning is, as those of access/.
  /^(?:preset|images\/images-binding)\.ts$/,
  /^access\//,
  /^token\//,
  /^b2\//,
  /^http\//,
  /^(?:rejection|visit|log|mistyped-variables|setting-kinds|with-deadline)\.ts$/,
  // The release alone: esbuild leaves the rest of it out of the bundle.
  /^package\.json$/,
];

const sources = import.meta.glob<string>("../../src/**/*.{ts,tsx}", { query: "?raw", eager: true, import: "default" });
const localB2 = import.meta.glob<string>("../local-b2/**/*.ts", { query: "?raw", eager: true, import: "default" });

const files = Object.entries(sources).map(([path, text]) => {
  const name = path.replace("../../src/", "");
  // visit.ts names the type of what everything is wired into; types are no code.
  const imports = name === "visit.ts" ? valueImports(text) : relativeImports(text);
  return { name, imports: imports.map((specifier) => resolve(name, specifier)) };
});

it("reads the sources", () => {
  expect(files.map(({ name }) => name)).toContain("index.ts");
  expect(files.find(({ name }) => name === "index.ts")?.imports).toContain("gateway.ts");
});

it.each(files)("$name imports only from its own layer or from lower ones", ({ name, imports }) => {
  const upward = imports.filter((imported) => layerOf(imported) < layerOf(name));
  expect(upward).toEqual([]);
});

it.each(files)("$name is part of no circle of imports", ({ name }) => {
  expect(reachableFrom(name)).not.toContain(name);
});

it("keeps http/ free of the rest of the project", () => {
  const outward = files.filter(({ name }) => name.startsWith("http/")).flatMap(({ imports }) => imports);
  expect(outward.filter((imported) => !imported.startsWith("http/"))).toEqual([]);
});

it("has no barrel", () => {
  const reexporting = Object.entries(sources).filter(([, text]) =>
    /^export (?:type )?(?:\*|\{[^}]*\}) from/m.test(text),
  );
  expect(reexporting.map(([path]) => path)).toEqual([]);
});

it("keeps the local B2's own code free of src: an emulator that shares code with what it tests proves nothing", () => {
  const sharing = Object.entries(localB2).filter(([, text]) => /from ["'][^"']*\/src\//.test(text));
  expect(sharing.map(([path]) => path)).toEqual([]);
});

function relativeImports(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?["'](\.[^"']+)["']/g)].flatMap(([, specifier]) => specifier ?? []);
}

function valueImports(text: string): string[] {
  return relativeImports(text.replace(/^import type .*$/gm, ""));
}

function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function layerOf(name: string): number {
  const layer = LAYERS.findIndex((pattern) => pattern.test(name));
  if (layer === -1) throw new Error(`${name} is in no layer: add it to the list`);
  return layer;
}

function reachableFrom(name: string): Set<string> {
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const imported of files.find((file) => file.name === next)?.imports ?? []) {
      if (!seen.has(imported)) open.push(imported);
      seen.add(imported);
    }
  }
  return seen;
}
