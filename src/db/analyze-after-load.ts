import { sql } from 'drizzle-orm';
import type { Db } from './client.ts';

/**
 * Makes a database fit for use after many rows came in at once. The planner, until it has counted, takes the
 * tables for empty and walks one of them once for each row of another.
 */
export async function analyzeAfterLoad(db: Db): Promise<void> {
  // Neither the vendors' fields nor the hashes: counting them takes longer than all the rest, and no query
  // asks by a value of theirs.
  await db.execute(sql`
    analyze remote_record (connection_id, object, ext_id, merged_into), link, account, opportunity, partner, registration, source_document`);
}
