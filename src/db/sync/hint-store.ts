import type { Hint } from '#connectors/contract/crm.ts';
import { sql, type SQL } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { hint } from '#src/db/schema/connection.ts';

type HintRow = typeof hint.$inferSelect;

/** A waiting hint. `token` changes whenever the hint arrives again. */
export type WaitingHint = Pick<HintRow, 'object' | 'extId' | 'erased' | 'via' | 'token' | 'times'>;

/**
 * Saves hints. A hint that waits already gets a new token, so that a process which is fetching its record
 * does not delete the newer hint. A recheck remains one, even if the vendor sends a hint about the same
 * record.
 *
 * @param ids makes the tokens
 */
export async function saveHints(
  db: Db,
  connectionId: string,
  hints: readonly Hint[],
  { via, at, ids }: { readonly via: HintRow['via']; readonly at: Date; readonly ids: () => string },
): Promise<void> {
  const byRecord = new Map<string, Pick<HintRow, 'object' | 'extId' | 'erased'>>();
  for (const { object, extId, erased } of hints) {
    const key = `${object} ${extId ?? ''}`;
    byRecord.set(key, {
      object,
      extId: extId ?? '',
      erased: erased === true || byRecord.get(key)?.erased === true,
    });
  }
  // Always in the same order, so that two deliveries about the same records do not wait for each other in a
  // circle.
  const rows = [...byRecord].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
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
 * A recheck waits for values that the vendor returns with a delay: an immediate request would return the
 * same. The wait doubles with each unsuccessful request. An erased record may stay in the vendor's bin for
 * months, so its wait grows to eighteen hours.
 */
const recheckWaitMs = 2_000;
const maxWaitFactor = 32;
const maxErasureWaitFactor = 32_768;

const isDue = (now: Date): SQL =>
  sql`(h.via <> 'recheck' or h.last_at <= ${now.toISOString()}::timestamptz
          - least(power(2, least(h.times, 16) - 1), case when h.erased then ${maxErasureWaitFactor}::int else ${maxWaitFactor}::int end)
            * ${recheckWaitMs}::int * interval '1 millisecond' or h.last_at > ${now.toISOString()})`;

/**
 * The hints that have waited longest, at most `perObject` of each object. They are not removed. Objects in
 * `except` are left out, so that an object which cannot be read does not hold up the others.
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
    times: number;
  }>(sql`
    select object, ext_id, erased, via, token, times
    from (select *, row_number() over (partition by object order by first_at, ext_id) as turn
          from hint h where connection_id = ${connectionId} and ${isDue(now)}
            and object not in (select jsonb_array_elements_text(${JSON.stringify(except)}::text::jsonb))) waiting
    where turn <= ${perObject}
    order by first_at, object, ext_id`);
  return rows.map(({ ext_id: extId, ...rest }) => ({ ...rest, extId }));
}

/**
 * All hints about records of objects that have more than `over` of them. Rechecks are not counted: a read of
 * the object would return the same old values.
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
    times: number;
  }>(sql`
    select object, ext_id, erased, via, token, times
    from (select *, count(*) over (partition by object) as crowd
          from hint where connection_id = ${connectionId} and ext_id <> '' and not erased and via <> 'recheck'
            and object not in (select jsonb_array_elements_text(${JSON.stringify(except)}::text::jsonb))) waiting
    where crowd > ${over}::int`);
  return rows.map(({ ext_id: extId, ...rest }) => ({ ...rest, extId }));
}

/** The hints whose records were read from the vendor since then. */
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

/** Deletes processed hints, unless they have arrived again meanwhile. */
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

/** The key of a `process-hints` job, so that a connection has only one at a time. */
export const hintJobKey = (connectionId: string): string => `process-hints:${connectionId}`;

/**
 * Connections, or only the given one, that have due hints and no process for them: no open job, no job that
 * failed since `failedBefore`, and no pause.
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
      and (c.paused_until is null or c.paused_until <= ${now.toISOString()})
      and exists (select 1 from hint h where h.connection_id = c.id and ${isDue(now)})
      and not exists (select 1 from job j where j.key = ${hintJobKey('')}::text || c.id and j.status in ('waiting', 'queued'))
      and not exists (select 1 from job j where j.key = ${hintJobKey('')}::text || c.id and j.status = 'failed'
                      and j.finished_at > ${failedBefore.toISOString()})`);
  return rows.map((row) => row.id);
}
