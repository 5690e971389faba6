import { sql } from 'drizzle-orm';
import { bulkInsert, listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { duplicateDismissal } from '#src/db/schema/duplicates.ts';

/** Two accounts, in any order. */
export interface AccountPair {
  readonly leftId: string;
  readonly rightId: string;
}

/** The pair in the order in which it is stored. */
export function orderedPair<T extends AccountPair>(pair: T): T {
  return pair.leftId < pair.rightId ? pair : { ...pair, leftId: pair.rightId, rightId: pair.leftId };
}

export function pairKey({ leftId, rightId }: AccountPair): string {
  return leftId < rightId ? `${leftId} ${rightId}` : `${rightId} ${leftId}`;
}

/**
 * Stores that these accounts are not duplicates. Returns the number of pairs that were not dismissed before.
 */
export async function dismissPairs(
  tx: Db,
  pairs: readonly AccountPair[],
  by: { readonly personId: string; readonly at: Date },
): Promise<number> {
  const rows = pairs.map(orderedPair).map(({ leftId, rightId }) => ({ leftId, rightId, ...by }));
  return bulkInsert(tx, duplicateDismissal, rows, sql`on conflict do nothing`);
}

/** Removes dismissals. Returns the number of pairs that were dismissed. */
export async function undismissPairs(tx: Db, pairs: readonly AccountPair[]): Promise<number> {
  const given = pairs.map(orderedPair);
  const deleted = await tx.execute(sql`
    delete from duplicate_dismissal d using rows from (${listOf('uuid', given, ({ leftId }) => leftId)},
      ${listOf('uuid', given, ({ rightId }) => rightId)}) as x (left_id, right_id)
    where (d.left_id, d.right_id) = (x.left_id, x.right_id)`);
  return deleted.count;
}

/** The dismissed pairs among these accounts, by `pairKey`. */
export async function dismissedAmong(db: Db, accountIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (accountIds.length === 0) return new Set();
  const rows = await db.execute<{ left_id: string; right_id: string }>(sql`
    select d.left_id, d.right_id from ${listOf('uuid', [...new Set(accountIds)], (one) => one)} x (id)
    join duplicate_dismissal d on d.left_id = x.id`);
  return new Set(rows.map((row) => pairKey({ leftId: row.left_id, rightId: row.right_id })));
}

/** A dismissed pair, with the person who dismissed it. */
export interface Dismissal extends AccountPair {
  readonly leftName: string;
  readonly rightName: string;
  /** Null when the person no longer exists. */
  readonly person: string | null;
  readonly at: Date;
}

/** Dismissals of accounts of a connection, latest first. */
export async function latestDismissals(
  db: Db,
  connectionId: string,
  limit: number,
): Promise<readonly Dismissal[]> {
  const rows = await db.execute<{
    left_id: string;
    right_id: string;
    left_name: string;
    right_name: string;
    person: string | null;
    at: string;
  }>(sql`
    select d.left_id, d.right_id, a.name as left_name, b.name as right_name, p.name as person, d.at
    from duplicate_dismissal d join account a on a.id = d.left_id and not a.deleted join account b on b.id = d.right_id and not b.deleted
    left join person p on p.id = d.person_id
    where exists (select from link l where l.record_id = a.id and l.connection_id = ${connectionId} and l.merged_into is null)
    order by d.at desc, d.left_id, d.right_id limit ${limit}`);
  return rows.map((row) => ({
    leftId: row.left_id,
    rightId: row.right_id,
    leftName: row.left_name,
    rightName: row.right_name,
    person: row.person,
    at: new Date(row.at),
  }));
}
