import { sql } from 'drizzle-orm';
import { mergeExtra, bulkInsert, setExcludedExcept } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { lead } from '#src/db/schema/channel.ts';

/** @param preserved columns that are not changed in existing rows */
export async function saveLeads(
  db: Db,
  rows: readonly (typeof lead.$inferInsert)[],
  preserved?: ReadonlySet<string>,
): Promise<void> {
  const columns = [
    'company',
    'domain',
    'email_domain',
    'country',
    'account_id',
    'status',
    'is_closed',
    'is_converted',
    'opportunity_id',
    'opened_at',
    'owner',
    'deleted',
  ];
  const set = setExcludedExcept(columns, preserved);
  await bulkInsert(db, lead, rows, sql`on conflict (id) do update set ${set}${mergeExtra(lead, rows)}`);
}

export async function markLeadsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(lead).set({ deleted: true }).where(isIn(lead.id, ids));
}

export async function leadsByIds(db: Db, ids: readonly string[]): Promise<(typeof lead.$inferSelect)[]> {
  return ids.length === 0 ? [] : db.select().from(lead).where(isIn(lead.id, ids));
}

/** A lead that the sales team still works on. */
export interface OpenLead {
  readonly id: string;
  readonly accountId: string | null;
  readonly accountName: string;
  readonly status: string | null;
  readonly openedAt: string | null;
}

/** Whether a lead is open, as SQL about the table `lead` named `l`. A converted lead lives on as its opportunity. */
export const isOpenLead = sql`not l.deleted and not l.is_closed and not l.is_converted`;

/** Open leads among these, and those of these accounts. */
export async function openLeads(
  db: Db,
  { ids, accountIds }: { readonly ids: readonly string[]; readonly accountIds: readonly string[] },
): Promise<readonly OpenLead[]> {
  if (ids.length === 0 && accountIds.length === 0) return [];
  const rows = await db.execute<{ [K in keyof OpenLead]: OpenLead[K] }>(sql`
    select l.id, l.account_id as "accountId", coalesce(a.name, l.company, '') as "accountName", l.status,
           to_char(l.opened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "openedAt"
    from lead l left join account a on a.id = l.account_id
    where (${isKeyIn(sql`l.id`, ids, 'uuid')} or ${isKeyIn(sql`l.account_id`, accountIds, 'uuid')}) and ${isOpenLead}
    order by l.id`);
  return [...rows];
}
