/**
 * Requests the next item while the caller works on the current one, and holds at most one item ready. The
 * source is closed when either side stops.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = settled(iterator.next());
  try {
    for (;;) {
      const current = await next;
      if ('error' in current) throw current.error;
      if (current.result.done === true) return;
      next = settled(iterator.next());
      yield current.result.value;
    }
  } finally {
    await next;
    await iterator.return?.();
  }
}

type Settled<T> = { readonly result: IteratorResult<T, unknown> } | { readonly error: unknown };

/** A failure becomes a value, because it may happen before anything awaits the promise. */
function settled<T>(step: Promise<IteratorResult<T, unknown>>): Promise<Settled<T>> {
  return step.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
}
