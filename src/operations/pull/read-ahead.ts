/**
 * Asks for the next one while the present one is worked on; one at most lies ready. Ends with its source,
 * whoever stops.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = settled(iterator.next());
  try {
    for (;;) {
      const present = await next;
      if ('error' in present) throw present.error;
      if (present.result.done === true) return;
      next = settled(iterator.next());
      yield present.result.value;
    }
  } finally {
    await next;
    await iterator.return?.();
  }
}

type Settled<T> = { readonly result: IteratorResult<T, unknown> } | { readonly error: unknown };

/** A failure waits until somebody asks: nobody may be listening yet when it happens. */
function settled<T>(step: Promise<IteratorResult<T, unknown>>): Promise<Settled<T>> {
  return step.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
}
