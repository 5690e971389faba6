import type { Db } from './client.ts';

/** Thrown to leave a transaction without keeping it; nobody else sees it. */
const takenBack = new Error('this transaction was a trial');

/**
 * Does something as if it counted and takes all of it back: the same code says what it would do as later does
 * it.
 */
export async function trial<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  const outcome: { result?: { readonly value: T } } = {};
  try {
    await db.transaction(async (tx) => {
      outcome.result = { value: await work(tx) };
      throw takenBack;
    });
  } catch (error) {
    if (error !== takenBack) throw error;
  }
  if (!outcome.result) throw new TypeError('a trial ended without a result');
  return outcome.result.value;
}
