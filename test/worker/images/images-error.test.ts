import { describe, expect, it } from "vitest";
import { adviceFor, readImagesError } from "../../../src/images/images-error.ts";

function bindingError(code: number, message = "It failed"): Error {
  return Object.assign(new Error(`IMAGES_TRANSFORM_ERROR ${code}: ${message}`), { code });
}

/** The codes of https://developers.cloudflare.com/images/reference/errors/ that a binding can meet. */
describe("readImagesError", () => {
  it.each([
    [9401, "lasting"],
    [9402, "passing"],
    [9412, "lasting"],
    [9413, "lasting"],
    [9416, "passing"],
    [9420, "lasting"],
    [9422, "quota"],
    [9423, "quota"],
    [9424, "lasting"],
    [9425, "passing"],
    [9430, "passing"],
    [9432, "lasting"],
    [9516, "lasting"],
    [9518, "passing"],
    [9520, "lasting"],
    [9522, "passing"],
    [9523, "passing"],
    [9525, "passing"],
    [9527, "passing"],
    [9528, "passing"],
    [9529, "passing"],
    [9999, "passing"],
  ])("%i is %s", (code, kind) => {
    expect(readImagesError(bindingError(code))).toMatchObject({ kind, code });
  });

  it("finds the code in the message when it is nowhere else", () => {
    const { message } = bindingError(9422);
    expect(readImagesError(new Error(message))).toEqual({ kind: "quota", code: 9422, message });
  });

  it.each([new Error("Network connection lost."), new Error(""), "a text", undefined, null])(
    "takes %j, which has no code, for something that passes",
    (error) => {
      expect(readImagesError(error)).toMatchObject({ kind: "passing", code: undefined });
    },
  );

  it("keeps to one line, and not a long one", () => {
    const { message } = readImagesError(new Error(`${"x".repeat(500)}\n    at secret/path.js`));
    expect(message).toBe("x".repeat(300));
  });
});

describe("adviceFor", () => {
  it("says what a used-up quota means, and when the month ends", () => {
    const advice = adviceFor(readImagesError(bindingError(9422)), Date.UTC(2026, 10, 24));
    expect(advice).toContain("used up");
    expect(advice).toContain("2026-12-01");
    expect(adviceFor(readImagesError(bindingError(9423)), Date.UTC(2026, 11, 31, 23))).toContain("2027-01-01");
  });

  it("says where to look when the account may not use the binding", () => {
    expect(adviceFor(readImagesError(bindingError(9430)), 0)).toContain("dashboard");
  });

  it("is silent where nothing can be done", () => {
    expect(adviceFor(readImagesError(bindingError(9522)), 0)).toBeUndefined();
  });
});
