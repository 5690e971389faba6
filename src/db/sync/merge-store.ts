import { and, asc, eq, gt, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { markContactsDeleted } from '#src/db/records/contact-store.ts';
import { isIn } from '#src/db/is-in.ts';
import { markLeadsDeleted } from '#src/db/records/lead-store.ts';
import { markOpportunityLinesDeleted, markProductsDeleted } from '#src/db/records/product-store.ts';
import { account, opportunity, partner, registration } from '#src/db/schema/channel.ts';
import { link, remoteRecord, resolution, shadow } from '#src/db/schema/connection.ts';

/** A record that the vendor merged, and the record that its id leads to after all further merges. */
export interface MergedRecord {
  readonly extId: string;
  readonly hash: string;
  readonly survivorId: string;
}

/**
 * Merged records that are not processed yet, by id. Only those whose survivor was read, because until then it
 * is unknown whether the survivor still exists.
 */
export async function mergedRecords(
  db: Db,
  connectionId: string,
  object: string,
  afterId: string,
  limit: number,
): Promise<MergedRecord[]> {
  const losers = waitingLosers(db, connectionId, object, gt(remoteRecord.extId, afterId)).limit(limit);
  return resolveSurvivors(db, { connectionId, object, losers, survivor: 'read' });
}

/**
 * Merged records whose survivor was not read yet, by id.
 *
 * @param extIds only these; null for all
 */
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
  return resolveSurvivors(db, { connectionId, object, losers, survivor: 'unread' });
}

/** Merged records that are not processed yet. */
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

interface MergeChains {
  readonly connectionId: string;
  readonly object: string;
  readonly losers: SQLWrapper;
  readonly survivor: 'read' | 'unread';
}

/**
 * Follows each merged record to the last survivor, and returns those whose last survivor was read, or was not
 * read.
 */
async function resolveSurvivors(
  db: Db,
  { connectionId, object, losers, survivor }: MergeChains,
): Promise<MergedRecord[]> {
  const rows = await db.execute<{ ext_id: string; hash: string; survivor_id: string }>(sql`
    with recursive loser as (${losers}),
    lead as (
      select ext_id as loser_id, merged_into as survivor_id, 1 as step from loser
      union all
      select lead.loser_id, next.merged_into, step + 1
      from lead join remote_record next on (next.connection_id, next.object, next.ext_id) = (${connectionId}::uuid, ${object}, lead.survivor_id)
      where next.merged_into is not null and step < ${maxChainLength}
    ),
    last as (select distinct on (loser_id) loser_id, survivor_id from lead order by loser_id, step desc)
    select loser.ext_id, loser.hash, last.survivor_id
    from loser join last on last.loser_id = loser.ext_id
    where ${survivor === 'unread' ? sql`not` : sql``} exists (select 1 from remote_record r where (r.connection_id, r.object, r.ext_id) = (${connectionId}::uuid, ${object}, last.survivor_id))
    order by loser.ext_id`);
  return rows.map((row) => ({ extId: row.ext_id, hash: row.hash, survivorId: row.survivor_id }));
}

/** Two records that were merged into each other must not cause an endless loop. */
const maxChainLength = 50;

export interface AliasInput {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: string;
  /** The merged ids, the survivors that they lead to, and our ids of these. */
  readonly aliases: readonly {
    readonly extId: string;
    readonly survivorId: string;
    readonly recordId: string;
  }[];
}

/**
 * Makes merged ids, and ids that led to them, lead to the survivor. The shadows of the merged records are
 * deleted.
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

/** Moves the links of other CRMs from our merged records to the survivors. */
export async function moveLinks(tx: Db, kind: string, merges: readonly MergedPair[]): Promise<void> {
  await tx.execute(
    sql`update link l set record_id = x."survivorId" from ${pairs(merges)} where l.record_id = x."mergedId" and l.kind = ${kind}`,
  );
}

/** Closes the open conflicts of records that no longer exist: the CRM has decided. */
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

/** Two of our records that are the same: the first one ends, the second one remains. */
export interface MergedPair {
  readonly mergedId: string;
  readonly survivorId: string;
}

const pairs = (merges: readonly MergedPair[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(merges)}::text::jsonb) as x("mergedId" uuid, "survivorId" uuid)`;

const mergedIds = (merges: readonly MergedPair[]): string[] => merges.map((one) => one.mergedId);

/** Moves what belongs to merged accounts to their survivors. */
export async function mergeAccountRows(tx: Db, merges: readonly MergedPair[], at: Date): Promise<void> {
  await tx.execute(
    sql`update opportunity o set account_id = x."survivorId" from ${pairs(merges)} where o.account_id = x."mergedId"`,
  );
  await tx.execute(
    sql`update contact c set account_id = x."survivorId" from ${pairs(merges)} where c.account_id = x."mergedId"`,
  );
  await tx.execute(
    sql`update lead l set account_id = x."survivorId" from ${pairs(merges)} where l.account_id = x."mergedId"`,
  );
  const withPartner = await tx
    .select({ accountId: partner.accountId })
    .from(partner)
    .where(isIn(partner.accountId, mergedIds(merges)));
  const partners = new Set(withPartner.map((row) => row.accountId));
  // One after the other: the first one may make the survivor a partner, and the second one is then merged
  // into it.
  for (const one of merges) {
    if (partners.has(one.mergedId)) await mergePartner(tx, one, at);
    await saveFormerNames(tx, one);
  }
  await tx
    .update(account)
    .set({ deleted: true })
    .where(isIn(account.id, mergedIds(merges)));
}

/**
 * Stores the names of both accounts as former names, because the vendor decides which name the survivor has.
 */
async function saveFormerNames(tx: Db, { mergedId, survivorId }: MergedPair): Promise<void> {
  await tx.execute(sql`
    update account set former_names = (
      select jsonb_agg(distinct known.one) from account a cross join lateral (
        select jsonb_build_object('name', a.name, 'domain', a.domain) as one
        union all select jsonb_build_object('name', trim(alias), 'domain', null) from regexp_split_to_table(a.aliases, ';') alias
        union all select jsonb_array_elements(a.former_names)
      ) known where a.id in (${mergedId}, ${survivorId})
    ) where id = ${survivorId}`);
}

/**
 * Merges the partner of a merged account. If the survivor's account has no partner, the partner moves there.
 * Otherwise the two partners become one: registrations move to the survivor's partner, and so does, through
 * `mergedInto`, every amount that is not paid yet. Entries, invoices and payouts keep the row that they were
 * made with, because the ledger is never rewritten; this row moves to the surviving account, so that a payout
 * record in the CRM still finds it. Partners that were merged into it before move along and keep the date and
 * target of their merge.
 */
async function mergePartner(tx: Db, { mergedId, survivorId }: MergedPair, at: Date): Promise<void> {
  await tx.execute(sql`
    with survivor as (select id from partner where account_id = ${survivorId} and merged_into is null),
    loser as (select id from partner where account_id = ${mergedId} and merged_into is null),
    moved as (
      update registration r set partner_id = survivor.id, merged_partner_id = loser.id from survivor, loser where r.partner_id = loser.id
    )
    update partner p
    set account_id = ${survivorId},
        merged_into = coalesce((select id from survivor), p.merged_into),
        merged_first_into = coalesce(p.merged_first_into, (select id from survivor)),
        merged_at = coalesce(p.merged_at, (select ${at.toISOString()}::timestamptz from survivor))
    where p.account_id = ${mergedId}`);
}

/** Moves the registrations and lines of merged opportunities to their survivors. */
export async function mergeOpportunities(tx: Db, merges: readonly MergedPair[]): Promise<void> {
  await tx.execute(
    sql`update registration r set opportunity_id = x."survivorId" from ${pairs(merges)} where r.opportunity_id = x."mergedId"`,
  );
  await tx.execute(
    sql`update opportunity_line l set opportunity_id = x."survivorId" from ${pairs(merges)} where l.opportunity_id = x."mergedId"`,
  );
  await tx.execute(
    sql`update lead l set opportunity_id = x."survivorId" from ${pairs(merges)} where l.opportunity_id = x."mergedId"`,
  );
  await tx
    .update(opportunity)
    .set({ deleted: true })
    .where(isIn(opportunity.id, mergedIds(merges)));
}

/** Moves the lines of merged products to their survivors. */
export async function mergeProducts(tx: Db, merges: readonly MergedPair[]): Promise<void> {
  await tx.execute(
    sql`update opportunity_line l set product_id = x."survivorId" from ${pairs(merges)} where l.product_id = x."mergedId"`,
  );
  await markProductsDeleted(tx, mergedIds(merges));
}

/** No other record refers to a contact, a lead or a line. */
export const mergeContacts = (tx: Db, merges: readonly MergedPair[]): Promise<void> =>
  markContactsDeleted(tx, mergedIds(merges));
export const mergeLeads = (tx: Db, merges: readonly MergedPair[]): Promise<void> =>
  markLeadsDeleted(tx, mergedIds(merges));
export const mergeOpportunityLines = (tx: Db, merges: readonly MergedPair[]): Promise<void> =>
  markOpportunityLinesDeleted(tx, mergedIds(merges));

/** Only its case refers to a registration. It stays with the merged registration. */
export async function mergeRegistrations(tx: Db, merges: readonly MergedPair[]): Promise<void> {
  await tx
    .update(registration)
    .set({ deleted: true })
    .where(isIn(registration.id, mergedIds(merges)));
}
