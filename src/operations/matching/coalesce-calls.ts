/**
 * Coalesces concurrent calls: all calls made while one is running share the next run, so a hundred calls at
 * once cost two runs. If a run fails, all of its calls reject.
 */
export function coalesceCalls<T>(work: (inputs: readonly T[]) => Promise<void>): (input: T) => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: { readonly inputs: T[]; readonly result: Promise<void> } | null = null;
  return (input) => {
    if (next) {
      next.inputs.push(input);
      return next.result;
    }
    const inputs = [input];
    const result = running.then(() => {
      next = null;
      return work(inputs);
    });
    next = { inputs, result };
    running = result.catch(() => {});
    return result;
  };
}
