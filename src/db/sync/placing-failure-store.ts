import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

export interface FailedRecord {
  readonly connectionId: string;
  readonly object: string;
  readonly extId: string;
  /** The content that failed. */
  readonly hash: string;
}

/**
 * Counts the runs in which a record could not be placed with its present content. Returns their number.
 * Outside a run nothing is counted, because hints may try it many times within a minute.
 */
export async function countPlacingFailure(
  tx: Db,
  { connectionId, object, extId, hash }: FailedRecord,
  runId: string | null,
): Promise<number> {
  const [row] = await tx.execute<{ runs: number }>(sql`
    insert into placing_failure as f (connection_id, object, ext_id, hash, runs, run_id)
    values (${connectionId}, ${object}, ${extId}, ${hash}, ${runId === null ? 0 : 1}, ${runId})
    on conflict (connection_id, object, ext_id) do update
      set hash = excluded.hash, run_id = coalesce(excluded.run_id, f.run_id),
          runs = case when f.hash <> excluded.hash then excluded.runs
                      when f.run_id is not distinct from excluded.run_id then f.runs else f.runs + excluded.runs end
    returning runs`);
  return row?.runs ?? 0;
}
