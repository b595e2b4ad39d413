import { describe, expect, it } from "vitest";
import { formatGalleryQuery, readGalleryQuery } from "../../../src/gallery/gallery-query.ts";
import { ODD_NAMES } from "../../e2e/fixtures/odd-names.ts";

it.each([
  ["", undefined, false],
  ["utm_source=mail&afterwards=1", undefined, false],
  ["format=json", undefined, true],
  ["format=xml", undefined, false],
  ["after=cat.jpg", "cat.jpg", false],
  ["x=1&after=summer/&format=json", "summer/", true],
  ["after=summer%2F", "summer/", false],
  ["after=a+b%2Bc%26d.jpg", "a b+c&d.jpg", false],
])("%j asks for the page behind %j, as JSON: %j", (query, after, asJson) => {
  expect(readGalleryQuery(query, "photos/")).toEqual({ kind: "query", after, asJson });
});

it.each(ODD_NAMES.filter((name) => !name.includes("/")))("the next page begins behind %j", (name) => {
  for (const after of [name, `${name}/`]) {
    const query = { after, asJson: true };
    expect(readGalleryQuery(formatGalleryQuery(query), "")).toEqual({ kind: "query", ...query });
  }
});

describe("what is no file name is refused", () => {
  it.each([
    "after",
    "after=",
    "after=/",
    "after=%2F",
    "after=a/b.jpg",
    "after=a%2Fb.jpg",
    "after=..",
    "after=../",
    "after=a%5Cb",
    "after=%zz",
    "after=%ff",
    "after=a%00b",
    "after=a%0Ab",
    "after=a.jpg&after=b.jpg",
    `after=${"a".repeat(251)}`,
  ])("%s", (query) => {
    expect(readGalleryQuery(query, "photos/")).toEqual({
      kind: "bad-request",
      detail: expect.stringContaining("after"),
    });
  });

  it("or is one that the folder has no room for", () => {
    const folder = "a/".repeat(450);
    expect(readGalleryQuery(`after=${"b".repeat(124)}`, folder)).toMatchObject({ kind: "query" });
    expect(readGalleryQuery(`after=${"b".repeat(125)}`, folder)).toMatchObject({ kind: "bad-request" });
  });
});
