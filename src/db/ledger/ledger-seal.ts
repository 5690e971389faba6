import { createHmac } from 'node:crypto';
import { asc, desc, sql } from 'drizzle-orm';
import { auditKeyOf, type Db } from '#src/db/client.ts';
import type { AuditAnchor } from '#src/db/people/audit-store.ts';
import { ledgerSeal } from '#src/db/schema/incentive-books.ts';

const genesis = '0'.repeat(64);

/**
 * Seals the postings that this transaction has added, in one statement for any number of them. Must run under
 * `lockLedger`, so that the chain never forks and ids of postings follow the order of commits.
 *
 * @param count the postings that the transaction added
 */
export async function sealPostings(tx: Db, count: number, at: Date): Promise<void> {
  const [last] = await tx.select().from(ledgerSeal).orderBy(desc(ledgerSeal.id)).limit(1);
  const [found] = await tx.execute<{ last: string | null; count: string; digest: string | null }>(sql`
    select max(p.id)::text as last, count(*)::text as count, ${digest} as digest
    from ${contents} where p.id > ${String(last?.lastPosting ?? 0n)}::bigint`);
  if (found === undefined || found.last === null) return;
  const seal = {
    lastPosting: BigInt(found.last),
    // A process of an earlier version does not seal what it posts.
    unsealedBefore: Number(found.count) - count,
    digest: found.digest ?? '',
    previousHash: last?.hash ?? genesis,
    at,
  };
  await tx.insert(ledgerSeal).values({ ...seal, hash: keyedHash(tx, seal) });
}

export interface SealCheck {
  readonly seals: number;
  /** The first seal that does not match the postings or the seal before it. */
  readonly broken: bigint | null;
  /** Postings that no seal covers. */
  readonly unsealed: number;
  /** Postings that were sealed by a later transaction than their own; an earlier version made them. */
  readonly sealedLate: number;
}

/** Compares every seal with the postings that it covers. */
export async function checkSeals(db: Db): Promise<SealCheck> {
  const seals = await db.select().from(ledgerSeal).orderBy(asc(ledgerSeal.id));
  const digests = await db.execute<{ id: string | null; digest: string; count: string }>(sql`
    select s.id::text as id, ${digest} as digest, count(*)::text as count
    from ${contents} left join lateral (
      select id from ledger_seal where last_posting >= p.id order by last_posting limit 1) s on true
    group by s.id`);
  const byId = new Map([...digests].map((row) => [row.id, row]));
  let previousHash = genesis;
  let broken: bigint | null = null;
  for (const seal of seals) {
    const isIntact =
      seal.previousHash === previousHash &&
      seal.digest === byId.get(String(seal.id))?.digest &&
      seal.hash === keyedHash(db, seal);
    if (!isIntact && broken === null) broken = seal.id;
    previousHash = seal.hash;
  }
  return {
    seals: seals.length,
    broken,
    unsealed: Number(byId.get(null)?.count ?? 0),
    sealedLate: seals.reduce((sum, { unsealedBefore }) => sum + unsealedBefore, 0),
  };
}

/** The postings with their entries and buckets. */
const contents = sql`posting p join journal_tx t on t.id = p.tx_id left join ledger_bucket b on b.id = t.bucket_id`;
const digest = sql`encode(sha256(string_agg(sha256(convert_to(jsonb_build_array(
    p.id, p.account, p.partner_id, p.currency, p.amount_minor::text,
    t.id, t.reason, t.document_id, t.partner_id, t.component, t.currency, t.period, t.program_version, t.trace, t.run_id,
    t.book_id, t.event_seq, t.payee, extract(epoch from t.created_at)::text,
    b.component, b.payee, b.currency, b.window_key, b.window_first, b.window_last
  )::text, 'UTF8')), ''::bytea order by p.id)), 'hex')`;

/** An attacker who can change the database but lacks the instance's key cannot compute it. */
function keyedHash(
  db: Db,
  {
    lastPosting,
    unsealedBefore,
    digest: content,
    previousHash,
    at,
  }: Pick<
    typeof ledgerSeal.$inferSelect,
    'lastPosting' | 'unsealedBefore' | 'digest' | 'previousHash' | 'at'
  >,
): string {
  const parts = ['ledger', previousHash, String(lastPosting), unsealedBefore, content, at.toISOString()];
  return createHmac('sha256', auditKeyOf(db)).update(JSON.stringify(parts)).digest('hex');
}

/** The newest seal, as it is written down outside the database; null while there is none. */
export async function newestSeal(db: Db): Promise<AuditAnchor | null> {
  const [last] = await db.select().from(ledgerSeal).orderBy(desc(ledgerSeal.id)).limit(1);
  return last ? { entry: String(last.id), hash: last.hash, at: last.at.toISOString() } : null;
}

/** The first of these seals that is gone or has another hash; null when the ledger has all of them. */
export async function firstLostSeal(db: Db, anchors: readonly AuditAnchor[]): Promise<AuditAnchor | null> {
  const rows = await db.select({ id: ledgerSeal.id, hash: ledgerSeal.hash }).from(ledgerSeal);
  const hashes = new Map(rows.map(({ id, hash }) => [String(id), hash]));
  return anchors.find(({ entry, hash }) => hashes.get(entry) !== hash) ?? null;
}
