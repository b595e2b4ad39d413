import { join } from "node:path";
import { expect } from "vitest";

interface Printed {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Each number becomes `#`, together with the spaces that align it. Digits in names such as B2 and in `%20` stay. */
export function masked(text: string): string {
  return text.replace(/ *(?<![A-Za-z%\d.])(?:NaN|[+-]?\d[\d.,-]*\d|\d)/g, (number) =>
    number.startsWith(" ") ? " #" : "#",
  );
}

/** Compares all that a command printed, and its exit code, with the file of that name in `fixtures/good-starts/`. */
export async function expectGoodStart(name: string, { exitCode, stdout, stderr }: Printed): Promise<void> {
  const told = `exit code: ${exitCode}\n--- stdout\n${stdout}--- stderr\n${stderr}`;
  await expect(told).toMatchFileSnapshot(join(import.meta.dirname, "fixtures/good-starts", `${name}.txt`));
}
