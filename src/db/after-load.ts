import { sql } from 'drizzle-orm';
import type { Db } from './client.ts';

/**
 * Makes names quick to look up after some came in. A GIN index first collects new entries in a list that every look-up reads from end
 * to end; merging it now and then costs a fraction of doing without the list.
 */
export async function settleNames(db: Db): Promise<void> {
  await db.execute(sql`select gin_clean_pending_list('account_core_trgm'), gin_clean_pending_list('registration_core_trgm')`);
}

/**
 * Makes a database fit for use after many rows came in at once. The planner, until it has counted, takes the tables for empty and
 * walks one of them once for each row of another.
 */
export async function settleAfterLoad(db: Db): Promise<void> {
  await settleNames(db);
  // Neither the vendors' fields nor the hashes: counting them takes longer than all the rest, and no query asks by a value of theirs.
  await db.execute(sql`
    analyze remote_record (connection_id, object, ext_id, merged_into), link, account, opportunity, partner, registration, source_document`);
}
