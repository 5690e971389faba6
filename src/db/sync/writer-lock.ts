import { lockHolder, tryLockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';

/** Who holds a connection's writing lock: a session, and its transaction. */
export type WriterLock = string & { readonly writerLock: unique symbol };

/**
 * One writer a connection, or an older value could land after a newer one: false, without doing the work,
 * while another holds the lock. The lock is a transaction's that does nothing else, so it may go with that
 * one connection to the database while the work goes on: see `requireWriter`. Returns, and throws, only once
 * the work has ended.
 */
export async function asWriter(
  db: Db,
  connectionId: string,
  work: (lock: WriterLock) => Promise<void>,
): Promise<boolean> {
  const [taken, over] = [Promise.withResolvers<WriterLock | null>(), Promise.withResolvers<void>()];
  let cut = false;
  const holding = db.transaction(async (tx) => {
    const lock = await lockWriter(tx, connectionId);
    taken.resolve(lock);
    if (lock !== null) await over.promise;
  });
  holding.catch((error: unknown) => {
    cut = true;
    taken.reject(error);
  });
  const lock = await taken.promise;
  if (lock !== null) {
    try {
      await work(lock);
    } finally {
      // Nothing can be said to a connection that is gone: its transaction is over, and is left to wait.
      if (!cut) over.resolve();
    }
  }
  await holding;
  return lock !== null;
}

/**
 * Asked where each attempt is recorded, so that no more leaves than what was recorded before somebody else
 * could take the lock.
 * @throws Error when this is not the writer any more
 */
export async function requireWriter(tx: Db, connectionId: string, lock: WriterLock): Promise<void> {
  if ((await currentWriter(tx, connectionId)) !== lock)
    throw new Error('the connection that held the writing lock is gone: another may write by now');
}

async function lockWriter(tx: Db, connectionId: string): Promise<WriterLock | null> {
  return (await tryLockInTransaction(tx, 'connectionWriter', connectionId))
    ? currentWriter(tx, connectionId)
    : null;
}

async function currentWriter(db: Db, connectionId: string): Promise<WriterLock | null> {
  return (await lockHolder(db, 'connectionWriter', connectionId)) as WriterLock | null;
}
