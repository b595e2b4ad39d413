import { describe, expect, it } from "vitest";
import { choosePreset, parsePresets } from "../../src/preset.ts";

function presetsOf(value: unknown) {
  const presets = parsePresets(value);
  if ("problem" in presets) throw new Error(presets.problem);
  return presets;
}

describe("parsePresets", () => {
  it("reads a table, or its text, and fills in what is not said", () => {
    const table = {
      thumb: { width: 320 },
      "card_2-x": { width: 800, height: 600, fit: "cover", quality: 80, format: "webp" },
    };
    const expected = new Map([
      [
        "thumb",
        { name: "thumb", width: 320, height: undefined, fit: "scale-down", quality: undefined, format: "auto" },
      ],
      ["card_2-x", { name: "card_2-x", width: 800, height: 600, fit: "cover", quality: 80, format: "webp" }],
    ]);
    expect(parsePresets(table)).toEqual(expected);
    expect(parsePresets(` ${JSON.stringify(table)}\n`)).toEqual(expected);
  });

  it.each(["", "  ", "{}", {}])("takes %j for none", (value) => {
    expect(parsePresets(value)).toEqual(new Map());
  });

  it.each<[string, object]>([
    ["a height alone", { height: 1 }],
    ["a quality alone", { quality: 1 }],
    ["a format alone", { format: "avif" }],
    ["the longest sides", { width: 4096, height: 4096, quality: 100 }],
    ...["scale-down", "contain", "cover", "crop", "aspect-crop", "pad", "squeeze"].map((fit): [string, object] => [
      fit,
      { width: 9, fit },
    ]),
    ...["auto", "avif", "webp", "jpeg", "png"].map((format): [string, object] => [format, { width: 9, format }]),
  ])("takes %s", (_, preset) => {
    expect(presetsOf({ p: preset }).get("p")).toMatchObject(preset);
  });

  it("takes 32 presets, and no more", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, { width: 9 }]));
    expect(presetsOf(many(32)).size).toBe(32);
    expect(parsePresets(many(33))).toEqual({ problem: expect.stringContaining("at most 32") });
  });

  const side = "a whole number from 1 to 4096";
  it.each<[unknown, string]>([
    ["thumb", "a TOML table, or JSON text"],
    ["[]", "a TOML table, or JSON text"],
    ["null", "a TOML table, or JSON text"],
    [null, "a TOML table, or JSON text"],
    [7, "a TOML table, or JSON text"],
    [[{ width: 320 }], "a TOML table, or JSON text"],
    [{ "": { width: 9 } }, "preset 1: its name must have 1 to 32 letters"],
    [{ good: { width: 9 }, "client of mine": { width: 9 } }, "; preset 2: its name must have"],
    [{ ["x".repeat(33)]: { width: 9 } }, "preset 1: its name must have"],
    [{ thumb: 320 }, '"thumb": it must be a table such as { width = 320 }'],
    [{ thumb: [320] }, '"thumb": it must be a table'],
    [{ thumb: null }, '"thumb": it must be a table'],
    [{ thumb: {} }, '"thumb": it must have a width, a height, a quality or a format'],
    [{ thumb: { fit: "cover" } }, '"thumb": it must have a width'],
    [{ thumb: { width: 0 } }, `"thumb": width must be ${side}`],
    [{ thumb: { width: 4097 } }, `"thumb": width must be ${side}`],
    [{ thumb: { width: 1.5 } }, `"thumb": width must be ${side}`],
    [{ thumb: { width: "320" } }, `"thumb": width must be ${side}`],
    [{ thumb: { height: -1 } }, `"thumb": height must be ${side}`],
    [{ thumb: { width: null } }, `"thumb": width must be ${side}`],
    [{ thumb: { width: 9, fit: "fill" } }, '"thumb": fit must be one of scale-down, contain, cover'],
    [{ thumb: { width: 9, quality: 0 } }, '"thumb": quality must be a whole number from 1 to 100'],
    [{ thumb: { width: 9, quality: 101 } }, '"thumb": quality must be a whole number from 1 to 100'],
    [{ thumb: { width: 9, quality: "high" } }, '"thumb": quality must be a whole number from 1 to 100'],
    [{ thumb: { width: 9, format: "jpg" } }, '"thumb": format must be one of auto, avif, webp, jpeg, png'],
    [{ thumb: { widht: 320 } }, '"thumb": it has a word too many: a preset has width, height, fit, quality and format'],
    [
      { good: { width: 9 }, one: { width: 0 }, two: { height: 0, fit: "x" } },
      `"one": width must be ${side}; "two": height must be ${side}, fit`,
    ],
  ])("refuses %j, and says which preset and what it should hold", (value, expected) => {
    expect(parsePresets(value)).toEqual({ problem: expect.stringContaining(expected) });
    // Everybody can read the problem at /-/health.
    expect(JSON.stringify(parsePresets(value))).not.toMatch(/client|widht|xxx/);
  });

  it("takes a name that every object has for a name like any other", () => {
    const presets = presetsOf('{"__proto__": {"width": 9}, "constructor": {"width": 8}}');
    expect([...presets.keys()]).toEqual(["__proto__", "constructor"]);
  });
});

describe("choosePreset", () => {
  const presets = presetsOf({ thumb: { width: 320 }, card: { width: 800 } });
  const choose = (query: string) => choosePreset(new URLSearchParams(query), presets);

  it.each(["preset=thumb", "x=1&preset=thumb", "%70reset=th%75mb&preset2=card", "preset=thumb&Preset=card"])(
    "finds the one of %s",
    (query) => {
      expect(choose(query)).toMatchObject({ name: "thumb", width: 320 });
    },
  );

  it.each(["", "x=1", "Preset=thumb", "presets=thumb"])("finds none in %j", (query) => {
    expect(choose(query)).toBeUndefined();
  });

  it.each([
    "preset",
    "preset=",
    "preset=nothing",
    "preset=Thumb",
    "preset=thumb ",
    "preset=thumb&preset=thumb",
    "preset=thumb&preset=card",
    "preset=toString",
  ])("refuses %j, and names the known ones", (query) => {
    expect(choose(query)).toEqual({ problem: "The address must have one preset, and one of these: thumb, card." });
  });
});
