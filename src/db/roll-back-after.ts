import type { Db } from './client.ts';

/** Thrown inside the transaction to roll it back, and caught below. */
const rollBack = new Error('this transaction is always rolled back');

/**
 * Runs work in a transaction that is always rolled back, and returns its result. A dry run uses it to find out,
 * with the real code, what a change would do.
 */
export async function rollBackAfter<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  const outcome: { result?: { readonly value: T } } = {};
  try {
    await db.transaction(async (tx) => {
      outcome.result = { value: await work(tx) };
      throw rollBack;
    });
  } catch (error) {
    if (error !== rollBack) throw error;
  }
  if (!outcome.result) throw new TypeError('the rolled-back transaction had no result');
  return outcome.result.value;
}
