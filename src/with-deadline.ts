/** Waits for work for at most `timeoutMs`, and then throws the error that `late` makes. The work itself is not stopped. */
export function withDeadline<T>(work: Promise<T>, timeoutMs: number, late: () => Error): Promise<T> {
  // `Promise.race` in an async function would make three more promises, and cost CPU with each request (test/README.md).
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), Math.max(0, timeoutMs));
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
