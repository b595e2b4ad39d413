import { expect, it } from "vitest";
import { withFileExtension } from "../../../src/http/content-disposition.ts";

it.each([
  ["inline", "inline"],
  ['attachment; filename="cat.jpg"', 'attachment; filename="cat.webp"'],
  ["attachment; filename=cat.jpeg", "attachment; filename=cat.webp"],
  ['inline; filename="red cat.final.JPG"', 'inline; filename="red cat.final.webp"'],
  ['inline; filename="cat"', 'inline; filename="cat.webp"'],
  ['inline; filename="a \\"cat\\"; 1.jpg"; size=9', 'inline; filename="a \\"cat\\"; 1.webp"; size=9'],
  ["inline; filename*=UTF-8''k%C3%A4tzchen.jpg", "inline; filename*=UTF-8''k%C3%A4tzchen.webp"],
  [
    "attachment; filename=\"katzchen.jpg\"; filename*=UTF-8'de'k%C3%A4tzchen.jpg",
    "attachment; filename=\"katzchen.webp\"; filename*=UTF-8'de'k%C3%A4tzchen.webp",
  ],
  ['attachment;FileName = "CAT.PNG"', 'attachment;FileName = "CAT.webp"'],
  ['attachment; name="cat.jpg"', 'attachment; name="cat.jpg"'],
])("%s has another ending: %s", (field, expected) => {
  expect(withFileExtension(field, "webp")).toBe(expected);
});
