/**
 * Lets one call do the work of many. While it is being done, whoever asks waits, and all who waited are
 * served by one call next: a hundred who ask at the same moment cost two rounds and not a hundred. A failure
 * is everybody's who was served by that call.
 */
export function coalesceCalls<T>(work: (inputs: readonly T[]) => Promise<void>): (input: T) => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: { readonly inputs: T[]; readonly served: Promise<void> } | null = null;
  return (input) => {
    if (next) {
      next.inputs.push(input);
      return next.served;
    }
    const inputs = [input];
    const served = running.then(() => {
      next = null;
      return work(inputs);
    });
    next = { inputs, served };
    running = served.catch(() => {});
    return served;
  };
}
