import { sql, type SQL } from 'drizzle-orm';
import type { Db } from './client.ts';

/**
 * Every advisory lock, in the order in which locks may be acquired: a transaction that holds one acquires
 * only locks further down. A lock with a key is one lock for each key; a transaction that needs several of
 * them acquires them in the order of their keys. Processes that follow this order never wait for each other
 * in a circle. `matchProfiles` has an exception, with its reason.
 *
 * Transaction locks are released at the end of the transaction, the session lock when its connection closes.
 * A number is never used for a second purpose, not even after its lock is removed.
 */
export const advisoryLocks = {
  /** Protects the schema: one process applies migrations. Session lock of `migrate`; nothing else is held. */
  migrations: 4_700_001,
  /**
   * Key: connection. Protects the order of writes to a CRM: an older value must not arrive after a newer one.
   * `asWriter` tries it in a transaction that does nothing else; the work under it runs in other
   * transactions, which may acquire every lock below.
   */
  connectionWriter: 4_700_002,
  /**
   * Key: connection. Protects a refresh token, which can be exchanged once. `tokenVault` acquires it in a
   * transaction of its own, also while the process is the writer; that transaction acquires no other lock.
   */
  tokenRenewal: 4_700_003,
  /**
   * Protects registrations, cases and the choice of the matching model: one process or person decides at a
   * time. `lockDecisions` acquires it for every decision, for the adoption of a model and for an erasure.
   */
  decisions: 4_700_004,
  /**
   * Protects the order in which timers of registrations fire: one worker fires them at a time. `fireDueTimers` tries
   * it in the transaction of each batch.
   */
  lifecycleTimers: 4_700_015,
  /**
   * Protects the people, partners and programme that the lifecycle of registrations reads. `lockLifecycles` acquires
   * it shared for a step about registrations, and `lockChannel` exclusively for news about people, partners and the
   * programme.
   */
  lifecycleChannel: 4_700_013,
  /**
   * Key: deal. Protects the set of registrations for a deal, so that a partner does not get two for one deal.
   * `lockLifecycles` acquires it under `lifecycleChannel`, for the deals of a command in the order of their keys.
   */
  registrationDeal: 4_700_014,
  /**
   * Key: connection and object. Protects links, shadows and canonical records of the object: placing,
   * planning, editing and recording outcomes follow each other. `lockObject` acquires it; an erasure does so
   * under `decisions`.
   */
  objectRecords: 4_700_005,
  /**
   * Key: connection and object. Protects `remote_record`: two pages with the same rows in another order would
   * wait for each other. `saveRemoteRecords` and `startInitialSave` acquire it, alone or under `objectRecords`.
   */
  remoteRecords: 4_700_006,
  /**
   * Key: kind. Protects the search for a record that two connections share: the second one must find what the
   * first one placed. `lockRecordMatching` acquires it under `objectRecords`.
   */
  recordMatching: 4_700_007,
  /**
   * Protects match profiles and the list of changes they follow. `lockProfiles` acquires it, alone or under
   * `decisions`. An evaluation in several waves may acquire it after `auditTrail`. No circle follows: under
   * `decisions` there is one such transaction, and any other one that holds this lock acquires no further
   * lock.
   */
  matchProfiles: 4_700_008,
  /** Protects what partners earned: accruals, drafts and exports of payouts. `lockLedger` acquires it. */
  ledger: 4_700_009,
  /**
   * Key: kind. Protects the agreement of all live mappings on custom fields. `lockDeclaredFields` acquires it
   * when a mapping becomes live.
   */
  declaredFields: 4_700_010,
  /**
   * Protects the start of runs: one process looks at the last run and starts the next one. `lockRunStarts`
   * acquires it.
   */
  runStarts: 4_700_011,
  /**
   * Protects the stop of automatic approval: two transactions with overturned approvals count each other's. A step
   * acquires it after the locks of its registrations.
   */
  automaticApproval: 4_700_016,
  /** Protects the hash chain of the audit trail. `audit` acquires it, after all other locks. */
  auditTrail: 4_700_012,
} as const;

export type LockName = keyof typeof advisoryLocks;

/**
 * SQL that acquires a lock to the end of the transaction, for a statement that does something else as well.
 * Two keys with the same hash share a lock: their transactions wait for each other without need, and nothing
 * else happens.
 */
export function transactionLock(name: LockName, key?: string): SQL {
  return sql`pg_advisory_xact_lock(${idOf(name, key)})`;
}

/** Waits for the lock and holds it to the end of the transaction. */
export async function lockInTransaction(tx: Db, name: LockName, key?: string): Promise<void> {
  await tx.execute(sql`select ${transactionLock(name, key)}`);
}

/** The same for several keys, one after the other in the order in which they are given. */
export async function lockAllInTransaction(tx: Db, name: LockName, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const number = sql.raw(String(advisoryLocks[name]));
  await tx.execute(sql`
    select pg_advisory_xact_lock(${number}, hashtext(key)) from (
      select key from jsonb_array_elements_text(${JSON.stringify(keys)}::text::jsonb) with ordinality as x(key, place) order by place) ordered`);
}

/** The same for holders that do not exclude each other. They and a holder of the whole lock do. */
export async function lockSharedInTransaction(tx: Db, name: LockName): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${idOf(name)})`);
}

/** Acquires the lock to the end of the transaction if it is free; false, without waiting, if it is not. */
export async function tryLockInTransaction(tx: Db, name: LockName, key?: string): Promise<boolean> {
  const [row] = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(${idOf(name, key)}) as locked`,
  );
  return row?.locked === true;
}

/** Waits for the lock and holds it until the connection closes: `db` must have one connection only. */
export async function lockInSession(db: Db, name: LockName): Promise<void> {
  await db.execute(sql`select pg_advisory_lock(${idOf(name)})`);
}

/**
 * The session and transaction that hold a lock with a key, as one text; null while it is free. The text is never
 * the same for two transactions.
 */
export async function lockHolder(db: Db, name: LockName, key: string): Promise<string | null> {
  const [row] = await db.execute<{ holder: string }>(sql`
    select pid || ' ' || virtualtransaction as holder from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
      and classid = ${idOf(name)} and objid::bigint = hashtext(${key})::bigint & 4294967295
      and objsubid = 2 and granted`);
  return row?.holder ?? null;
}

/** Numbers are written into the statement, so that a lock is recognised in the server's log. */
function idOf(name: LockName, key?: string): SQL {
  const number = sql.raw(String(advisoryLocks[name]));
  return key === undefined ? number : sql`${number}, hashtext(${key})`;
}
