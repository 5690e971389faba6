import { and, asc, eq, gt, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { markContactsDeleted } from '#src/db/records/contact-store.ts';
import { isIn } from '#src/db/is-in.ts';
import { markOpportunityLinesDeleted, markProductsDeleted } from '#src/db/records/product-store.ts';
import { account, opportunity, partner, registration } from '#src/db/schema/channel.ts';
import { link, remoteRecord, resolution, shadow } from '#src/db/schema/connection.ts';

/** A record the vendor merged, and where its id leads now, however many merges it took. */
export interface MergedRecord {
  readonly extId: string;
  readonly hash: string;
  readonly survivorId: string;
}

/**
 * Merged records that nothing has followed from yet, by id; only those whose survivor was read, too: until
 * then it is not known whether there is anything left to speak of.
 */
export async function mergedRecords(
  db: Db,
  connectionId: string,
  object: string,
  afterId: string,
  limit: number,
): Promise<MergedRecord[]> {
  const losers = waitingLosers(db, connectionId, object, gt(remoteRecord.extId, afterId)).limit(limit);
  return whoLeadTo(db, { connectionId, object, losers, survivor: 'read' });
}

/** Merged records that wait for a survivor nobody has read, by id. @param extIds only these; null for all */
export async function mergedWithUnreadSurvivor(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[] | null,
): Promise<MergedRecord[]> {
  const losers = waitingLosers(
    db,
    connectionId,
    object,
    extIds === null ? sql`true` : isIn(remoteRecord.extId, extIds),
  );
  return whoLeadTo(db, { connectionId, object, losers, survivor: 'unread' });
}

/** Merged records that nothing has followed from yet. */
function waitingLosers(db: Db, connectionId: string, object: string, which: SQL) {
  return db
    .select({ extId: remoteRecord.extId, hash: remoteRecord.hash, mergedInto: remoteRecord.mergedInto })
    .from(remoteRecord)
    .where(
      and(
        eq(remoteRecord.connectionId, connectionId),
        eq(remoteRecord.object, object),
        which,
        sql`${remoteRecord.mappedHash} is distinct from ${remoteRecord.hash} and ${remoteRecord.mergedInto} is not null`,
      ),
    )
    .orderBy(asc(remoteRecord.extId));
}

interface Leads {
  readonly connectionId: string;
  readonly object: string;
  readonly losers: SQLWrapper;
  readonly survivor: 'read' | 'unread';
}

/**
 * Follows each loser to the end of its chain, and keeps those that end in a record that was read, or in one
 * that was not.
 */
async function whoLeadTo(db: Db, { connectionId, object, losers, survivor }: Leads): Promise<MergedRecord[]> {
  const rows = await db.execute<{ ext_id: string; hash: string; survivor_id: string }>(sql`
    with recursive loser as (${losers}),
    lead as (
      select ext_id as loser_id, merged_into as survivor_id, 1 as step from loser
      union all
      select lead.loser_id, next.merged_into, step + 1
      from lead join remote_record next on (next.connection_id, next.object, next.ext_id) = (${connectionId}::uuid, ${object}, lead.survivor_id)
      where next.merged_into is not null and step < ${longestChain}
    ),
    last as (select distinct on (loser_id) loser_id, survivor_id from lead order by loser_id, step desc)
    select loser.ext_id, loser.hash, last.survivor_id
    from loser join last on last.loser_id = loser.ext_id
    where ${survivor === 'unread' ? sql`not` : sql``} exists (select 1 from remote_record r where (r.connection_id, r.object, r.ext_id) = (${connectionId}::uuid, ${object}, last.survivor_id))
    order by loser.ext_id`);
  return rows.map((row) => ({ extId: row.ext_id, hash: row.hash, survivorId: row.survivor_id }));
}

/** Two records that name each other must not keep us for ever. */
const longestChain = 50;

export interface AliasInput {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: string;
  /** Ids that are no more, whom they lead to, and our id of that record. */
  readonly aliases: readonly {
    readonly extId: string;
    readonly survivorId: string;
    readonly recordId: string;
  }[];
}

/**
 * From now on these ids lead to the survivor; so do those that led to them before. What we wrote to them is
 * forgotten.
 */
export async function saveAliases(
  tx: Db,
  { connectionId, object, kind, aliases }: AliasInput,
): Promise<void> {
  await bulkInsert(
    tx,
    link,
    aliases.map(({ extId, survivorId, recordId }) => ({
      connectionId,
      object,
      kind,
      extId,
      recordId,
      mergedInto: survivorId,
    })),
    sql`on conflict (connection_id, object, ext_id) do update set record_id = excluded.record_id, merged_into = excluded.merged_into`,
  );
  await tx.execute(sql`
    update link l set merged_into = x."survivorId", record_id = x."recordId"
    from jsonb_to_recordset(${JSON.stringify(aliases)}::text::jsonb) as x("extId" text, "survivorId" text, "recordId" uuid)
    where l.connection_id = ${connectionId} and l.object = ${object} and l.merged_into = x."extId"`);
  await tx.delete(shadow).where(
    and(
      eq(shadow.connectionId, connectionId),
      eq(shadow.object, object),
      isIn(
        shadow.extId,
        aliases.map((one) => one.extId),
      ),
    ),
  );
}

/** Records of other CRMs that are one with a record of ours that ends are one with the one that lives. */
export async function moveLinks(tx: Db, kind: string, successions: readonly MergedPair[]): Promise<void> {
  await tx.execute(
    sql`update link l set record_id = x."survivorId" from ${pairs(successions)} where l.record_id = x."mergedId" and l.kind = ${kind}`,
  );
}

/** Nobody needs to answer any more what to do with records that are gone: the CRM has decided. */
export async function closeQuestionsAbout(
  tx: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
  at: Date,
): Promise<void> {
  if (extIds.length === 0) return;
  await tx
    .update(resolution)
    .set({ winner: 'crm', settledAt: at })
    .where(
      and(
        eq(resolution.connectionId, connectionId),
        eq(resolution.object, object),
        isNull(resolution.winner),
        isIn(resolution.extId, extIds),
      ),
    );
}

/** Of two records of ours that are one, which lives on and which ends. */
export interface MergedPair {
  readonly mergedId: string;
  readonly survivorId: string;
}

const pairs = (successions: readonly MergedPair[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(successions)}::text::jsonb) as x("mergedId" uuid, "survivorId" uuid)`;

const ended = (successions: readonly MergedPair[]): string[] => successions.map((one) => one.mergedId);

/** What belonged to the account that ends belongs to the one that lives. */
export async function mergeAccounts(tx: Db, successions: readonly MergedPair[], at: Date): Promise<void> {
  await tx.execute(
    sql`update opportunity o set account_id = x."survivorId" from ${pairs(successions)} where o.account_id = x."mergedId"`,
  );
  await tx.execute(
    sql`update contact c set account_id = x."survivorId" from ${pairs(successions)} where c.account_id = x."mergedId"`,
  );
  const withPartner = await tx
    .select({ accountId: partner.accountId })
    .from(partner)
    .where(isIn(partner.accountId, ended(successions)));
  const partners = new Set(withPartner.map((row) => row.accountId));
  // One after the other: the first of two may make the survivor a partner, and the second then joins it.
  for (const one of successions) {
    if (partners.has(one.mergedId)) await endPartner(tx, one, at);
    await keepNames(tx, one);
  }
  await tx
    .update(account)
    .set({ deleted: true })
    .where(isIn(account.id, ended(successions)));
}

/**
 * Also those of the one that lives: it may take on the other's, as the vendor decides which of the two to
 * keep.
 */
async function keepNames(tx: Db, { mergedId: ends, survivorId: lives }: MergedPair): Promise<void> {
  await tx.execute(sql`
    update account set former_names = (
      select jsonb_agg(distinct known.one) from account a cross join lateral (
        select jsonb_build_object('name', a.name, 'domain', a.domain) as one
        union all select jsonb_build_object('name', trim(alias), 'domain', null) from regexp_split_to_table(a.aliases, ';') alias
        union all select jsonb_array_elements(a.former_names)
      ) known where a.id in (${ends}, ${lives})
    ) where id = ${lives}`);
}

/**
 * A partner whose account was merged into one that is no partner moves there. If the survivor is a partner,
 * too, the two are one from now on: claims go to it, and so does, through `mergedInto`, all money not yet
 * paid. Entries, invoices and payouts keep naming the row they were made with, because books are never
 * rewritten; that row goes along to the surviving account, so that a payout record in the CRM still finds it.
 * One that had been merged into it before follows, and keeps when and into whom that was.
 */
async function endPartner(
  tx: Db,
  { mergedId: ends, survivorId: lives }: MergedPair,
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    with survivor as (select id from partner where account_id = ${lives} and merged_into is null),
    loser as (select id from partner where account_id = ${ends} and merged_into is null),
    moved as (
      update registration r set partner_id = survivor.id from survivor, loser where r.partner_id = loser.id
    )
    update partner p
    set account_id = ${lives},
        merged_into = coalesce((select id from survivor), p.merged_into),
        merged_first_into = coalesce(p.merged_first_into, (select id from survivor)),
        merged_at = coalesce(p.merged_at, (select ${at.toISOString()}::timestamptz from survivor))
    where p.account_id = ${ends}`);
}

/** Claims on the opportunity that ends are claims on the one that lives. */
export async function mergeOpportunities(tx: Db, successions: readonly MergedPair[]): Promise<void> {
  await tx.execute(
    sql`update registration r set opportunity_id = x."survivorId" from ${pairs(successions)} where r.opportunity_id = x."mergedId"`,
  );
  await tx.execute(
    sql`update opportunity_line l set opportunity_id = x."survivorId" from ${pairs(successions)} where l.opportunity_id = x."mergedId"`,
  );
  await tx
    .update(opportunity)
    .set({ deleted: true })
    .where(isIn(opportunity.id, ended(successions)));
}

/** Lines that name the product that ends name the one that lives. */
export async function mergeProducts(tx: Db, successions: readonly MergedPair[]): Promise<void> {
  await tx.execute(
    sql`update opportunity_line l set product_id = x."survivorId" from ${pairs(successions)} where l.product_id = x."mergedId"`,
  );
  await markProductsDeleted(tx, ended(successions));
}

/** Nothing points at a contact, nor at a line. */
export const mergeContacts = (tx: Db, successions: readonly MergedPair[]): Promise<void> =>
  markContactsDeleted(tx, ended(successions));
export const mergeOpportunityLines = (tx: Db, successions: readonly MergedPair[]): Promise<void> =>
  markOpportunityLinesDeleted(tx, ended(successions));

/** Nothing points at a registration but its own case, which stays with it for the record. */
export async function mergeRegistrations(tx: Db, successions: readonly MergedPair[]): Promise<void> {
  await tx
    .update(registration)
    .set({ deleted: true })
    .where(isIn(registration.id, ended(successions)));
}
