import { type Fault, Faults, withFault } from "./faults.ts";
import { BILLING_CLASSES, type Stats } from "./operations.ts";
import { B2Problem, problemResponse } from "./problem.ts";
import { TestMode } from "./test-mode.ts";

/** Counts the calls, and lets the faults happen that a test asked for. */
export class Calls {
  readonly #faults = new Faults();
  readonly #testMode = new TestMode();
  readonly #expireTokens: () => void;
  #stats: Stats = { operations: {} };

  constructor(expireTokens: () => void) {
    this.#expireTokens = expireTokens;
  }

  get stats(): Stats {
    return structuredClone(this.#stats);
  }

  addFaults(faults: Fault[]): void {
    this.#faults.add(faults);
  }

  /** How many calls are still to fail, by operation. */
  get faultsLeft(): Record<string, number> {
    return this.#faults.left();
  }

  reset(): void {
    this.#faults.clear();
    this.#stats = { operations: {} };
  }

  /** Runs one call; a problem becomes B2's answer. Throws `ConnectionReset`. */
  async run(operation: string, request: Request, call: () => Promise<Response>): Promise<Response> {
    const billingClass = BILLING_CLASSES[operation] ?? "A";
    const calls = (this.#stats.operations[operation]?.calls ?? 0) + 1;
    this.#stats.operations[operation] = { calls, class: billingClass };
    try {
      this.#testMode.check(request.headers.get("X-Bz-Test-Mode"), { operation, billingClass });
      const fault = this.#faults.take(operation);
      if (fault?.expireTokens === true) this.#expireTokens();
      return fault === undefined ? await call() : await withFault(fault, request, call);
    } catch (error) {
      if (error instanceof B2Problem) return problemResponse(error, request.method);
      throw error;
    }
  }
}
