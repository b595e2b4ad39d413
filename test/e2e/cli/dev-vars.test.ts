import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readDevVars } from "../../../src/cli/dev-vars.ts";

const LINES = "B2_APPLICATION_KEY_ID=0031\nB2_APPLICATION_KEY=K003x\n";

describe("the file of secrets", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "b2-image-worker-dev-vars-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ["as it is", LINES],
    ["with a byte order mark, as some editors of Windows write it", `\uFEFF${LINES}`],
    ["with the line ends of Windows", LINES.replaceAll("\n", "\r\n")],
  ])("is read %s", (_, content) => {
    writeFileSync(join(folder, ".dev.vars"), content);
    expect(readDevVars(folder)).toEqual({ B2_APPLICATION_KEY_ID: "0031", B2_APPLICATION_KEY: "K003x" });
  });

  it.each([
    ["plain", "URL_SIGNING_KEYS=k1:the secret", "URL_SIGNING_KEYS"],
    ["the name that ends with another name", "B2_APPLICATION_KEY_ID=0032", "B2_APPLICATION_KEY_ID"],
    ["after quotes", "ALERT_WEBHOOK_URL='https://hooks.example.com'", "ALERT_WEBHOOK_URL"],
  ])("is refused when a line was appended to one without an end: %s", (_, appended, name) => {
    writeFileSync(join(folder, ".dev.vars"), `B2_APPLICATION_KEY=K003x${appended}\n`);
    expect(() => readDevVars(folder)).toThrow(
      new Error(
        `.dev.vars: the value of B2_APPLICATION_KEY holds another line, ${name}=…: put a line end between them.`,
      ),
    );
  });

  it("is refused as UTF-16, with what to do", () => {
    writeFileSync(join(folder, ".dev.vars.second"), `\uFEFF${LINES}`, "utf16le");
    expect(() => readDevVars(folder, "second")).toThrow(".dev.vars.second is UTF-16: save it as UTF-8.");
  });
});
