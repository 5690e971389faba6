import { createHash, createHmac } from 'node:crypto';
import { asc, desc, sql } from 'drizzle-orm';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { bulkInsert } from '#src/db/bulk.ts';
import { auditKeyOf, type Db } from '#src/db/client.ts';
import { auditEvent } from '#src/db/schema/people.ts';

export interface AuditEntry {
  /** A person's id; null for Fairway itself. */
  readonly actorId: string | null;
  /** Subject and verb, such as `registration.approved`. */
  readonly action: string;
  readonly subjectKind:
    | 'account'
    | 'opportunity'
    | 'registration'
    | 'payout_batch'
    | 'period'
    | 'connection'
    | 'person'
    | 'partner'
    | 'match_model'
    | 'program'
    | 'webhook_endpoint'
    | 'registration_import'
    | 'registration_source'
    /** Signing in, being refused and downloading. The subject is the person, or `noPerson`. */
    | 'access';
  readonly subjectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
}

/** The subject of an event about somebody who is not signed in. */
export const noPerson = '00000000-0000-0000-0000-000000000000';

const genesis = '0'.repeat(64);
/** Entries of earlier versions have a hash without a key, and no such prefix. */
const keyed = 'hmac:';

/**
 * Appends entries to the audit trail, in the transaction that they describe. A lock makes appenders wait for
 * each other, so that the chain never forks.
 */
export async function audit(tx: Db, entries: readonly AuditEntry[], at: Date): Promise<void> {
  if (entries.length === 0) return;
  await lockInTransaction(tx, 'auditTrail');
  const [last] = await tx
    .select({ hash: auditEvent.hash })
    .from(auditEvent)
    .orderBy(desc(auditEvent.id))
    .limit(1);
  const key = auditKeyOf(tx);
  let previousHash = last?.hash ?? genesis;
  const rows = entries.map((entry) => {
    const row = { ...entry, at, previousHash, hash: keyedHash(key, previousHash, entry, at) };
    previousHash = row.hash;
    return row;
  });
  await bulkInsert(tx, auditEvent, rows);
}

/** An attacker who can change the database but lacks the instance's key cannot compute it. */
function keyedHash(key: Buffer, previousHash: string, entry: AuditEntry, at: Date): string {
  return `${keyed}${createHmac('sha256', key)
    .update(contentOf(previousHash, entry, at))
    .digest('hex')}`;
}

function hashWithoutKey(previousHash: string, entry: AuditEntry, at: Date): string {
  return createHash('sha256')
    .update(contentOf(previousHash, entry, at))
    .digest('hex');
}

function contentOf(previousHash: string, entry: AuditEntry, at: Date): string {
  const { actorId, action, subjectKind, subjectId, before, after, reason } = entry;
  const parts = [actorId, action, subjectKind, subjectId, sorted(before), sorted(after), reason];
  return JSON.stringify([previousHash, at.toISOString(), ...parts]);
}

/** jsonb does not keep the order of keys, so the hash must not depend on it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/**
 * The id of the first entry whose hash does not match the entry before it; null when the chain is intact.
 *
 * @param unkeyed the number of entries that an earlier version made. They have no key, so an
 * attacker who controls the database could have made them. Only this number of them is accepted.
 */
export async function firstBrokenLink(db: Db, unkeyed = 0): Promise<bigint | null> {
  const key = auditKeyOf(db);
  const rows = await db.select().from(auditEvent).orderBy(asc(auditEvent.id));
  let previousHash = genesis;
  for (const [index, row] of rows.entries()) {
    const entry = { ...row, subjectKind: row.subjectKind as AuditEntry['subjectKind'] };
    const hash =
      index < unkeyed
        ? hashWithoutKey(previousHash, entry, row.at)
        : keyedHash(key, previousHash, entry, row.at);
    if (row.previousHash !== previousHash || row.hash !== hash) return row.id;
    previousHash = row.hash;
  }
  return null;
}

/** The record of the newest entry that is written outside the database. */
export interface AuditAnchor {
  readonly entry: string;
  readonly hash: string;
  /** When the entry was made, in ISO 8601. */
  readonly at: string;
}

/** Null while the trail is empty. Entries become visible in the order of their ids, because of the lock. */
export async function newestAnchor(db: Db): Promise<AuditAnchor | null> {
  const [last] = await db
    .select({ id: auditEvent.id, hash: auditEvent.hash, at: auditEvent.at })
    .from(auditEvent)
    .orderBy(desc(auditEvent.id))
    .limit(1);
  return last ? { entry: String(last.id), hash: last.hash, at: last.at.toISOString() } : null;
}

/** The first of these anchors whose entry is gone or has another hash; null when the trail holds all of them. */
export async function firstLostAnchor(db: Db, anchors: readonly AuditAnchor[]): Promise<AuditAnchor | null> {
  const ids = anchors.map(({ entry }) => BigInt(entry));
  const rows = await db
    .select({ id: auditEvent.id, hash: auditEvent.hash })
    .from(auditEvent)
    .where(sql`${auditEvent.id} = any(${`{${ids.join(',')}}`}::bigint[])`);
  const hashes = new Map(rows.map(({ id, hash }) => [String(id), hash]));
  return anchors.find(({ entry, hash }) => hashes.get(entry) !== hash) ?? null;
}
