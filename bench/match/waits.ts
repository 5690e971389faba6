import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';

/** Reads from look-ups only: a write waits for the disk by design. */
const lookUps = `query not ilike 'insert%' and query not ilike 'commit%' and query not ilike 'begin%'`;
const sampleEveryMs = 50;

/** The reasons why look-ups took long, so that two machines can be compared. */
export interface Waits {
  /** The number of times that a look-up was seen waiting, by reason, the most frequent first. `CPU` is no wait. */
  readonly seen: Readonly<Record<string, number>>;
  readonly checkpoints: number;
  /** Pages that backends read from outside the server's memory. */
  readonly pagesRead: number;
  /** Pages that a backend had to write before it could read another one. This waits for the log's disk. */
  readonly pagesWrittenByBackends: number;
}

/** Looks at the server every 50 ms until `signal` is aborted. */
export async function sampleWaits(url: string, signal: AbortSignal): Promise<Waits> {
  const sql = postgres(url, { max: 1 });
  const seen = new Map<string, number>();
  const before = await counters(sql);
  while (!signal.aborted) {
    const rows = await sql.unsafe<{ reason: string }[]>(
      `select coalesce(wait_event_type || ' ' || wait_event, 'CPU') as reason from pg_stat_activity
       where application_name = 'fairway' and state = 'active' and ${lookUps}`,
    );
    for (const { reason } of rows) seen.set(reason, (seen.get(reason) ?? 0) + 1);
    await wait(sampleEveryMs);
  }
  const after = await counters(sql);
  await sql.end();
  return {
    seen: Object.fromEntries([...seen].toSorted((a, b) => b[1] - a[1]).slice(0, 8)),
    checkpoints: after.checkpoints - before.checkpoints,
    pagesRead: after.read - before.read,
    pagesWrittenByBackends: after.written - before.written,
  };
}

async function counters(sql: postgres.Sql) {
  const [row] = await sql<{ checkpoints: number; read: number; written: number }[]>`
    select (select (num_timed + num_requested)::int from pg_stat_checkpointer) as checkpoints,
      sum(reads)::int as read, sum(writes)::int as written
    from pg_stat_io where backend_type = 'client backend' and object = 'relation'`;
  return row ?? { checkpoints: 0, read: 0, written: 0 };
}
