import { createHash } from 'node:crypto';
import { asc, desc } from 'drizzle-orm';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
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
    | 'match_model';
  readonly subjectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
}

const genesis = '0'.repeat(64);

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
  let previousHash = last?.hash ?? genesis;
  const rows = entries.map((entry) => {
    const row = { ...entry, at, previousHash, hash: hashOf(previousHash, entry, at) };
    previousHash = row.hash;
    return row;
  });
  await bulkInsert(tx, auditEvent, rows);
}

function hashOf(previousHash: string, entry: AuditEntry, at: Date): string {
  const { actorId, action, subjectKind, subjectId, before, after, reason } = entry;
  return createHash('sha256')
    .update(
      JSON.stringify([
        previousHash,
        at.toISOString(),
        actorId,
        action,
        subjectKind,
        subjectId,
        sorted(before),
        sorted(after),
        reason,
      ]),
    )
    .digest('hex');
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

/** The id of the first entry whose hash does not match the entry before it; null when the chain is intact. */
export async function firstBrokenLink(db: Db): Promise<bigint | null> {
  const rows = await db.select().from(auditEvent).orderBy(asc(auditEvent.id));
  let previousHash = genesis;
  for (const row of rows) {
    const entry = { ...row, subjectKind: row.subjectKind as AuditEntry['subjectKind'] };
    if (row.previousHash !== previousHash || row.hash !== hashOf(previousHash, entry, row.at)) return row.id;
    previousHash = row.hash;
  }
  return null;
}
