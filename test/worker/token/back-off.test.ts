import { beforeEach, describe, expect, it } from "vitest";
import { B2Error, type B2Fault } from "../../../src/b2/error.ts";
import { type BackOff, createBackOff } from "../../../src/token/back-off.ts";
import { MintError } from "../../../src/token/mint-error.ts";

let now = 0;
let backOff: BackOff;
beforeEach(() => {
  now = Date.UTC(2026, 10, 24, 18);
  backOff = createBackOff(() => now);
});

/** A mint that failed in this way. */
function faultOf(fault: Partial<B2Fault>): MintError {
  return new MintError(
    "authorize",
    "wait",
    new B2Error({ code: "unavailable", operation: "b2_authorize_account", ...fault }),
  );
}

/** Seconds until `may` says yes, in steps of half a second. */
function secondsUntil(may: () => boolean): number {
  const from = now;
  while (!may()) now += 500;
  return (now - from) / 1000;
}

it("lets everything be asked until something fails", () => {
  expect([backOff.failing(), backOff.mayLook(), backOff.mayMint(), backOff.cause()]).toEqual([
    false,
    true,
    true,
    undefined,
  ]);
});

describe("after a failed mint", () => {
  it("the pauses are 5 s, doubling to 5 min", () => {
    const pauses = Array.from({ length: 9 }, () => {
      backOff.fail(faultOf({}));
      return secondsUntil(backOff.mayMint);
    });
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it.each<[string, Partial<B2Fault>, number]>([
    ["a Retry-After that is longer counts", { retryAfterSeconds: 60 }, 60],
    ["a Retry-After that is shorter does not", { retryAfterSeconds: 1 }, 5],
    ["no Retry-After counts for more than 5 min", { retryAfterSeconds: 3600 }, 300],
    ["a reached cap is asked about after 5 min", { code: "cap-exceeded" }, 300],
  ])("%s", (_, fault, seconds) => {
    const error = faultOf(fault);
    backOff.fail(error);
    expect(backOff.cause()).toBe(error);
    expect(backOff.remainingMs()).toBe(seconds * 1000);
    expect(secondsUntil(backOff.mayMint)).toBe(seconds);
  });

  it("KV may be looked at every 5 s, and again when B2 may be asked", () => {
    for (let n = 0; n < 3; n += 1) backOff.fail(faultOf({}));
    const looks: number[] = [];
    const from = now;
    while (!backOff.mayMint()) {
      if (backOff.mayLook()) {
        looks.push((now - from) / 1000);
        backOff.lookedInVain();
      }
      now += 500;
    }
    expect(looks).toEqual([5, 10, 15]);
    expect([(now - from) / 1000, backOff.mayLook()]).toEqual([20, true]);
  });

  it("a look in vain just before the end of the pause does not put off the mint", () => {
    backOff.fail(faultOf({}));
    backOff.fail(faultOf({}));
    now += 9_900;
    backOff.lookedInVain();
    expect(backOff.remainingMs()).toBe(100);
  });

  it("it is over at once when something has worked", () => {
    for (let n = 0; n < 4; n += 1) backOff.fail(faultOf({}));
    backOff.worked("4_new");
    expect([backOff.failing(), backOff.mayLook(), backOff.mayMint(), backOff.cause()]).toEqual([
      false,
      true,
      true,
      undefined,
    ]);
    backOff.fail(faultOf({}));
    expect(backOff.remainingMs()).toBe(5_000);
  });
});

describe("a minted token that B2 refuses", () => {
  it("counts as a failed mint, once, however many requests learn it", () => {
    backOff.minted("4_new");
    for (let n = 0; n < 3; n += 1) backOff.refused("4_new");
    expect([backOff.failing(), backOff.remainingMs()]).toEqual([true, 5_000]);
  });

  it("counts for nothing when it has worked before", () => {
    backOff.minted("4_new");
    backOff.worked("4_new");
    backOff.refused("4_new");
    expect(backOff.failing()).toBe(false);
  });

  it("counts for nothing when this isolate did not mint it, or has minted another one since", () => {
    backOff.refused("4_of_kv");
    backOff.minted("4_first");
    backOff.minted("4_second");
    backOff.refused("4_first");
    expect(backOff.failing()).toBe(false);
  });

  it("still counts when another one has worked meanwhile", () => {
    backOff.minted("4_new");
    backOff.worked("4_of_kv");
    backOff.refused("4_new");
    expect(backOff.failing()).toBe(true);
  });
});

describe("mints that B2 grants are counted, whether they help or not", () => {
  it("after five within half an hour B2 is left alone until one comes back, and KV is looked at every 5 s meanwhile", () => {
    const from = now;
    for (let n = 0; n < 5; n += 1) {
      backOff.minted(`4_new_${n}`);
      backOff.worked(`4_new_${n}`);
    }
    let looks = 0;
    for (; !backOff.mayMint(); now += 500) {
      if (!backOff.mayLook()) continue;
      looks += 1;
      backOff.lookedInVain();
    }
    expect([(now - from) / 60_000, looks]).toEqual([30, 360]);
  });

  it("a request is sent away for 5 minutes at most, since KV is looked at all the while", () => {
    expect(backOff.reason()).toBe("another request is still looking for one");
    for (let n = 0; n < 5; n += 1) backOff.minted(`4_new_${n}`);
    backOff.lookedInVain();
    expect([backOff.remainingMs(), backOff.reason()]).toEqual([
      300_000,
      "this isolate has minted as often as it may for now",
    ]);
  });

  it("a token that works gives none of them back", () => {
    for (let n = 0; n < 5; n += 1) backOff.minted(`4_new_${n}`);
    backOff.worked("4_new_4");
    expect(backOff.mayMint()).toBe(false);
  });

  it("a mint that fails is none of them: it has its own pause", () => {
    for (let n = 0; n < 20; n += 1) {
      backOff.fail(faultOf({}));
      now += 300_000;
    }
    expect(backOff.mayMint()).toBe(true);
  });
});

describe("a token of KV that does not help, minted by anybody", () => {
  it.each([
    [0, 120],
    [119, 1],
    [120, 0],
    [3600, 0],
    // Clocks differ.
    [-3600, 120],
  ])("%i s ago keeps this isolate from minting for %i s", (ageSeconds, seconds) => {
    backOff.mintedForAll(now - ageSeconds * 1000);
    if (seconds > 0) expect(backOff.reason()).toContain("less than two minutes ago");
    expect(secondsUntil(backOff.mayMint)).toBe(seconds);
  });

  it("is forgotten when something has worked", () => {
    backOff.mintedForAll(now);
    backOff.worked("4_other");
    expect(backOff.mayMint()).toBe(true);
  });
});
