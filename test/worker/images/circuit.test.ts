import { describe, expect, it } from "vitest";
import { createCircuit } from "../../../src/images/circuit.ts";

const NOW = 1_800_000_000_000;

/** Notes faults on names, at these seconds. True when the last one opens the circuit. */
function opensAfter(code: "unavailable" | "timeout", faults: [name: string, atSeconds: number][]): boolean {
  const circuit = createCircuit();
  return faults.map(([name, at]) => circuit.fail({ name, code }, NOW + at * 1000)).at(-1) ?? false;
}

describe("a run of faults opens the circuit", () => {
  it.each<[string, boolean, [string, number][]]>([
    [
      "five on three names in 30 s",
      true,
      [
        ["a", 0],
        ["b", 1],
        ["c", 2],
        ["c", 3],
        ["c", 30],
      ],
    ],
    [
      "five on three names in 31 s",
      false,
      [
        ["a", 0],
        ["b", 1],
        ["c", 2],
        ["c", 3],
        ["c", 31],
      ],
    ],
    [
      "five on two names",
      false,
      [
        ["a", 0],
        ["b", 1],
        ["a", 2],
        ["b", 3],
        ["a", 4],
      ],
    ],
    ["a hundred on one name, which B2 cannot send", false, Array.from({ length: 100 }, () => ["a", 0])],
    [
      "four on four names",
      false,
      [
        ["a", 0],
        ["b", 1],
        ["c", 2],
        ["d", 3],
      ],
    ],
  ])("%s: %s", (_, opens, faults) => {
    expect(opensAfter("unavailable", faults)).toBe(opens);
  });

  it.each<[string, boolean, [string, number][]]>([
    [
      "two time-outs on two names in 60 s",
      true,
      [
        ["a", 0],
        ["b", 60],
      ],
    ],
    [
      "two time-outs on two names in 61 s",
      false,
      [
        ["a", 0],
        ["b", 61],
      ],
    ],
    [
      "two time-outs on one name",
      false,
      [
        ["a", 0],
        ["a", 1],
      ],
    ],
    ["one time-out", false, [["a", 0]]],
  ])("%s: %s", (_, opens, faults) => {
    expect(opensAfter("timeout", faults)).toBe(opens);
  });

  it("not when an answer comes in between", () => {
    const circuit = createCircuit();
    circuit.fail({ name: "a", code: "timeout" }, NOW);
    circuit.succeed();
    expect(circuit.fail({ name: "b", code: "timeout" }, NOW)).toBe(false);
    expect(circuit.enter(NOW, 1)).toEqual({ kind: "closed" });
  });
});

describe("an open circuit", () => {
  function openCircuit() {
    const circuit = createCircuit();
    circuit.fail({ name: "a", code: "timeout" }, NOW);
    circuit.fail({ name: "b", code: "timeout" }, NOW);
    return circuit;
  }

  it("turns requests away for 5 s, then lets one probe, and the others wait for it", () => {
    const circuit = openCircuit();
    expect(circuit.enter(NOW + 4_999, 3_000)).toEqual({ kind: "open", until: NOW + 5_000 });
    expect(circuit.enter(NOW + 5_000, 3_000)).toEqual({ kind: "probe" });
    expect(circuit.enter(NOW + 5_001, 3_000)).toEqual({ kind: "open", until: NOW + 8_000 });
  });

  it("doubles its pause with each failed probe, up to 60 s", () => {
    const circuit = openCircuit();
    const pauses: number[] = [];
    for (let now = NOW + 5_000; pauses.length < 6; ) {
      expect(circuit.enter(now, 1_000)).toEqual({ kind: "probe" });
      circuit.endProbe(false, now);
      const passage = circuit.enter(now, 1_000);
      if (passage.kind !== "open") throw new Error("The circuit is not open.");
      pauses.push((passage.until - now) / 1_000);
      now = passage.until;
    }
    expect(pauses).toEqual([10, 20, 40, 60, 60, 60]);
  });

  it("is closed by a probe that succeeds, and opens for 5 s again", () => {
    const circuit = openCircuit();
    circuit.endProbe(false, NOW);
    circuit.endProbe(true, NOW);
    expect(circuit.enter(NOW, 1)).toEqual({ kind: "closed" });
    expect(circuit.fail({ name: "a", code: "timeout" }, NOW)).toBe(false);
    expect(circuit.fail({ name: "b", code: "timeout" }, NOW)).toBe(true);
    expect(circuit.enter(NOW, 1)).toEqual({ kind: "open", until: NOW + 5_000 });
  });

  it("learns nothing from requests that began before it opened", () => {
    const circuit = openCircuit();
    for (let n = 0; n < 20; n += 1) expect(circuit.fail({ name: `${n}`, code: "timeout" }, NOW + 1)).toBe(false);
    circuit.succeed();
    expect(circuit.enter(NOW + 1, 1)).toEqual({ kind: "open", until: NOW + 5_000 });
  });
});
