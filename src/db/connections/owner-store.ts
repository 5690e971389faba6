import { sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { crmOwner } from '#src/db/schema/connection.ts';

export type StoredOwner = typeof crmOwner.$inferInsert;

/** Saves owners; one without a name was not shown to us. */
export async function saveOwners(db: Db, owners: readonly StoredOwner[]): Promise<void> {
  await bulkInsert(
    db,
    crmOwner,
    owners,
    sql`on conflict (connection_id, ext_id) do update set ${setExcluded('name', 'email', 'read_at')}`,
  );
}

/**
 * The CRM's ids of people who own an open opportunity or a partner's account in this CRM and were last read before
 * `before`, or never.
 */
export async function ownersToRead(db: Db, connectionId: string, before: Date): Promise<readonly string[]> {
  const rows = await db.execute<{ owner: string }>(sql`
    with owned as (
      select id, owner from opportunity where owner is not null and not is_closed and not deleted
      union all
      select a.id, a.owner from account a join partner p on p.account_id = a.id where a.owner is not null and not a.deleted
    )
    select distinct owned.owner from owned join link l on l.record_id = owned.id and l.connection_id = ${connectionId}
    where not exists (
      select from crm_owner o where o.connection_id = ${connectionId} and o.ext_id = owned.owner and o.read_at >= ${before.toISOString()})
    order by owned.owner`);
  return rows.map(({ owner }) => owner);
}
