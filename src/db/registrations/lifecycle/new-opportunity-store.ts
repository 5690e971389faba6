/** Opportunities that Fairway creates in a CRM, because a registration was converted without one. */
import { eq, isNotNull, and, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { opportunity } from '#src/db/schema/channel.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { CanonicalValues } from '#src/domain/record.ts';

export type NewOpportunity = Pick<
  typeof opportunity.$inferInsert,
  'id' | 'accountId' | 'name' | 'amountMinor' | 'currency' | 'closeDate' | 'productFamily' | 'owner'
> & { readonly createdIn: string };

export async function addOpportunity(tx: Db, row: NewOpportunity): Promise<void> {
  await tx.insert(opportunity).values(row);
}

export async function removeOpportunity(tx: Db, id: string): Promise<void> {
  await tx.delete(opportunity).where(eq(opportunity.id, id));
}

export async function opportunitiesCreatedHere(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: opportunity.id })
    .from(opportunity)
    .where(and(isIn(opportunity.id, ids), isNotNull(opportunity.createdIn)));
  return new Set(rows.map(({ id }) => id));
}

/** Those that no record in a CRM has been linked to so far. One that was deleted there keeps its link. */
const isWithoutRecord = sql`not exists (select from link x where x.kind = 'opportunity' and x.record_id = o.id)`;

/**
 * The values of those of these opportunities that Fairway creates in this CRM and that it has not created yet. The
 * account is the vendor's id.
 */
export async function opportunitiesToCreate(
  tx: Db,
  connectionId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CanonicalValues>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<{
    id: string;
    name: string;
    amountMinor: string | null;
    currency: string | null;
    closeDate: string | null;
    productFamily: string | null;
    owner: string | null;
    account: string | null;
  }>(sql`
    select o.id, o.name, o.amount_minor::text as "amountMinor", o.currency, o.close_date::text as "closeDate",
      o.product_family as "productFamily", o.owner, a.ext_id as account
    from opportunity o
    left join lateral (select l.ext_id from link l where l.kind = 'account' and l.record_id = o.account_id
      and l.connection_id = ${connectionId} and l.merged_into is null order by l.ext_id limit 1) a on true
    where ${isKeyIn(sql`o.id`, ids, 'uuid')} and o.created_in = ${connectionId} and not o.deleted and ${isWithoutRecord}`);
  return new Map(rows.map(({ id, ...row }) => [id, newOpportunityValues(id, row)]));
}

/** @param account the vendor's id of the customer's account */
export function newOpportunityValues(
  id: string,
  {
    amountMinor,
    currency,
    ...row
  }: {
    readonly name: string;
    readonly amountMinor: bigint | string | null;
    readonly currency: string | null;
    readonly closeDate: string | null;
    readonly productFamily: string | null;
    readonly owner: string | null;
    readonly account: string | null;
  },
): CanonicalValues {
  const amount =
    amountMinor === null || currency === null ? null : formatMinor(BigInt(amountMinor), currency);
  const given = { ...row, amount, currency: amount === null ? null : currency };
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  return { ...filled, creationKey: id };
}

/**
 * Our ids of the opportunities that Fairway created under these keys, by the vendor's id. The record may be read before
 * the answer to its creation is known, or after it was lost.
 */
export async function opportunitiesWrittenAs(
  tx: Db,
  connectionId: string,
  records: readonly { readonly extId: string; readonly key: string }[],
): Promise<ReadonlyMap<string, string>> {
  if (records.length === 0) return new Map();
  const rows = await tx.execute<{ extId: string; id: string }>(sql`
    select distinct on (o.id) x."extId", o.id
    from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as x("extId" text, key text)
    join opportunity o on o.id::text = x.key and o.created_in = ${connectionId}
    where ${isWithoutRecord} order by o.id, x."extId"`);
  return new Map(rows.map(({ extId, id }) => [extId, id]));
}

/** What the CRM knows of a registration that is converted there. Ids of accounts are ours, owners the vendor's. */
export interface ConversionPlace {
  readonly connectionId: string;
  /** The vendor's id of the person who converts it, if they own records there. */
  readonly person: string | null;
  /** The owner of the partner's account. */
  readonly manager: string | null;
}

/**
 * The CRM of a registration: the one that has its record, else the oldest one that has the account of its partner.
 * Null when no CRM has either.
 *
 * @param crms all CRMs that registrations are in
 * @param email the address of the person who converts it
 */
export async function conversionPlace(
  db: Db,
  registrationId: string,
  crms: readonly string[],
  email: string,
): Promise<ConversionPlace | null> {
  const [row] = await db.execute<{ [K in keyof ConversionPlace]: ConversionPlace[K] }>(sql`
    select c.connection_id as "connectionId",
      (select u.ext_id from crm_owner u where u.connection_id = c.connection_id and lower(u.email) = lower(${email})
         order by u.ext_id limit 1) as person,
      (select u.ext_id from crm_owner u where u.connection_id = c.connection_id and u.ext_id = a.owner and u.name is not null) as manager
    from registration r join partner p on p.id = r.partner_id join account a on a.id = p.account_id
    join lateral (
      select l.connection_id, l.kind from link l
      where (l.kind = 'registration' and l.record_id = r.id or l.kind = 'account' and l.record_id = p.account_id)
        and l.merged_into is null and ${isKeyIn(sql`l.connection_id`, crms, 'uuid')}
      order by l.kind = 'registration' desc, l.connection_id limit 1) c on true
    where r.id = ${registrationId}`);
  return row ?? null;
}

/** The one account among these that this CRM has, with the vendor's id of it. */
export async function accountInCrm(
  db: Db,
  connectionId: string,
  accountIds: readonly string[],
): Promise<{ readonly id: string; readonly extId: string } | null> {
  if (accountIds.length === 0) return null;
  const rows = await db.execute<{ id: string; extId: string }>(sql`
    select distinct on (l.record_id) l.record_id as id, l.ext_id as "extId"
    from link l join account a on a.id = l.record_id and not a.deleted
    where l.kind = 'account' and l.connection_id = ${connectionId} and l.merged_into is null
      and ${isKeyIn(sql`l.record_id`, accountIds, 'uuid')} order by l.record_id, l.ext_id`);
  const [only, ...others] = rows;
  return only !== undefined && others.length === 0 ? only : null;
}
