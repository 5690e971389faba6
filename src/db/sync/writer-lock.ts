import { lockHolder, tryLockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';

/** The holder of a connection's writer lock: a session and its transaction. */
export type WriterLock = string & { readonly writerLock: unique symbol };

/**
 * Runs work as the only writer of a connection, so that an older value cannot arrive after a newer one.
 * Returns false, without running it, while another process holds the lock. The lock belongs to a transaction
 * that does nothing else. It can be lost with its database connection while the work goes on; `requireWriter`
 * notices that. Returns or throws only after the work has ended.
 */
export async function asWriter(
  db: Db,
  connectionId: string,
  work: (lock: WriterLock) => Promise<void>,
): Promise<boolean> {
  const acquired = Promise.withResolvers<WriterLock | null>();
  const finished = Promise.withResolvers<void>();
  let connectionLost = false;
  const holding = db.transaction(async (tx) => {
    const lock = await lockWriter(tx, connectionId);
    acquired.resolve(lock);
    if (lock !== null) await finished.promise;
  });
  holding.catch((error: unknown) => {
    connectionLost = true;
    acquired.reject(error);
  });
  const lock = await acquired.promise;
  if (lock !== null) {
    try {
      await work(lock);
    } finally {
      // The transaction of a lost connection is over and must not be completed.
      if (!connectionLost) finished.resolve();
    }
  }
  await holding;
  return lock !== null;
}

/**
 * Call it where an attempt is recorded, so that nothing is sent after another process could have taken the
 * lock.
 * @throws Error when this process is no longer the writer
 */
export async function requireWriter(tx: Db, connectionId: string, lock: WriterLock): Promise<void> {
  if ((await currentWriter(tx, connectionId)) !== lock)
    throw new Error('the connection that held the writing lock is gone: another process may be writing');
}

async function lockWriter(tx: Db, connectionId: string): Promise<WriterLock | null> {
  return (await tryLockInTransaction(tx, 'connectionWriter', connectionId))
    ? currentWriter(tx, connectionId)
    : null;
}

async function currentWriter(db: Db, connectionId: string): Promise<WriterLock | null> {
  return (await lockHolder(db, 'connectionWriter', connectionId)) as WriterLock | null;
}
