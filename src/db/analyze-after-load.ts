import { sql } from 'drizzle-orm';
import type { Db } from './client.ts';

/**
 * Collects statistics for the planner after many rows were inserted at once. Without them the planner takes
 * the tables for empty and scans one of them for each row of another.
 */
export async function analyzeAfterLoad(db: Db): Promise<void> {
  // The vendors' fields and the hashes are left out: no query filters by their values, and analysing them
  // takes longer than all the rest.
  await db.execute(sql`
    analyze remote_record (connection_id, object, ext_id, merged_into), link, account, opportunity, partner, registration, source_document`);
}
