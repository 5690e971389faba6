import type { Hint } from '#connectors/contract/crm.ts';
import { sql, type SQL } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { hint } from '#src/db/schema/connection.ts';

type HintRow = typeof hint.$inferSelect;

/** A hint as it waits. `token` names this telling of it: when it is told again, it has another. */
export type WaitingHint = Pick<HintRow, 'object' | 'extId' | 'erased' | 'via' | 'token'>;

/**
 * Keeps hints until they are served. One that waits already is told again: it gets a new token, so that
 * whoever is fetching its record right now does not take it for served. A doubt stays one, whoever else tells
 * of the record.
 *
 * @param ids makes the tokens
 */
export async function saveHints(
  db: Db,
  connectionId: string,
  hints: readonly Hint[],
  { via, at, ids }: { readonly via: HintRow['via']; readonly at: Date; readonly ids: () => string },
): Promise<void> {
  const told = new Map<string, Pick<HintRow, 'object' | 'extId' | 'erased'>>();
  for (const { object, extId, erased } of hints) {
    const key = `${object} ${extId ?? ''}`;
    told.set(key, { object, extId: extId ?? '', erased: erased === true || told.get(key)?.erased === true });
  }
  // In one order everywhere: two deliveries about the same records must not wait for each other.
  const rows = [...told].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await bulkInsert(
    db,
    hint,
    rows.map((row) => ({ connectionId, ...row, via, token: ids(), firstAt: at, lastAt: at })),
    sql`on conflict (connection_id, object, ext_id) do update
        set token = excluded.token, times = hint.times + 1, erased = hint.erased or excluded.erased, last_at = excluded.last_at,
            via = case when hint.via = 'recheck' then hint.via else excluded.via end`,
  );
}

/**
 * A doubt is about what a vendor shows too late: asked again at once, it would answer the same. Each time it
 * is no better, it rests longer.
 */
const doubtRestMs = 2_000;
const mostRests = 32;

const isDue = (now: Date): SQL =>
  sql`(h.via <> 'recheck' or h.last_at <= ${now.toISOString()}::timestamptz
          - least(power(2, least(h.times, 10) - 1), ${mostRests}::int) * ${doubtRestMs}::int * interval '1 millisecond' or h.last_at > ${now.toISOString()})`;

/**
 * Those that have waited longest, at most `perObject` of each object, without taking them away. Objects named
 * in `except` are left out, so that one that cannot be read does not hold up the others.
 */
export async function waitingHints(
  db: Db,
  connectionId: string,
  {
    perObject,
    except,
    now,
  }: { readonly perObject: number; readonly except: readonly string[]; readonly now: Date },
): Promise<WaitingHint[]> {
  const rows = await db.execute<{
    object: string;
    ext_id: string;
    erased: boolean;
    via: HintRow['via'];
    token: string;
  }>(sql`
    select object, ext_id, erased, via, token
    from (select *, row_number() over (partition by object order by first_at, ext_id) as turn
          from hint h where connection_id = ${connectionId} and ${isDue(now)}
            and object not in (select jsonb_array_elements_text(${JSON.stringify(except)}::text::jsonb))) waiting
    where turn <= ${perObject}
    order by first_at, object, ext_id`);
  return rows.map(({ ext_id: extId, ...rest }) => ({ ...rest, extId }));
}

/**
 * All that name a record, of those objects that have more than `over` of them. Doubts are about what reads
 * show too late, and are not counted.
 */
export async function crowdedHints(
  db: Db,
  connectionId: string,
  { over, except }: { readonly over: number; readonly except: readonly string[] },
): Promise<WaitingHint[]> {
  const rows = await db.execute<{
    object: string;
    ext_id: string;
    erased: boolean;
    via: HintRow['via'];
    token: string;
  }>(sql`
    select object, ext_id, erased, via, token
    from (select *, count(*) over (partition by object) as crowd
          from hint where connection_id = ${connectionId} and ext_id <> '' and not erased and via <> 'recheck'
            and object not in (select jsonb_array_elements_text(${JSON.stringify(except)}::text::jsonb))) waiting
    where crowd > ${over}::int`);
  return rows.map(({ ext_id: extId, ...rest }) => ({ ...rest, extId }));
}

/** Those whose record the vendor has shown something new of since. */
export async function hintsShownSince(
  db: Db,
  connectionId: string,
  hints: readonly WaitingHint[],
  since: Date,
): Promise<readonly WaitingHint[]> {
  const asked = hints.map(({ object, extId }) => ({ object, extId }));
  const rows = await db.execute<{ object: string; ext_id: string }>(sql`
    select r.object, r.ext_id from remote_record r
    join jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb) as x(object text, "extId" text)
      on x.object = r.object and x."extId" = r.ext_id
    where r.connection_id = ${connectionId} and r.pulled_at >= ${since.toISOString()}`);
  const shown = new Set(rows.map((row) => `${row.object} ${row.ext_id}`));
  return hints.filter(({ object, extId }) => shown.has(`${object} ${extId}`));
}

/** Takes away what was served; what was told again meanwhile stays. */
export async function deleteHints(
  db: Db,
  connectionId: string,
  served: readonly WaitingHint[],
): Promise<void> {
  if (served.length === 0) return;
  const rows = served.map(({ object, extId, token }) => ({ object, extId, token }));
  await db.execute(sql`
    delete from hint h
    using jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as x(object text, "extId" text, token uuid)
    where h.connection_id = ${connectionId} and h.object = x.object and h.ext_id = x."extId" and h.token = x.token`);
}

/** What `freshen` jobs are keyed by, so that a connection has one at a time. */
export const freshenKey = (connectionId: string): string => `freshen:${connectionId}`;

/**
 * Connections, or whether this one is among them, whose hints are due while nobody serves them: no open job
 * does, none failed since `failedBefore`, and the connection does not rest.
 */
export async function connectionsWithDueHints(
  db: Db,
  {
    connectionId,
    now,
    failedBefore,
  }: { readonly connectionId?: string; readonly now: Date; readonly failedBefore: Date },
): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select c.id from connection c
    where c.status <> 'disabled' and ${connectionId === undefined ? sql`true` : sql`c.id = ${connectionId}`}
      -- An erasure asks nothing of the vendor, so no pause holds it up.
      and (c.paused_until is null or c.paused_until <= ${now.toISOString()} or exists (select 1 from hint h where h.connection_id = c.id and h.erased))
      and exists (select 1 from hint h where h.connection_id = c.id and ${isDue(now)})
      and not exists (select 1 from job j where j.key = ${freshenKey('')}::text || c.id and j.status in ('waiting', 'queued'))
      and not exists (select 1 from job j where j.key = ${freshenKey('')}::text || c.id and j.status = 'failed'
                      and j.finished_at > ${failedBefore.toISOString()})`);
  return rows.map((row) => row.id);
}
