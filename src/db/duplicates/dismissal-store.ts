import { sql } from 'drizzle-orm';
import { bulkInsert, listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { duplicateDismissal } from '#src/db/schema/duplicates.ts';

/** Two accounts, in either order. */
export interface AccountPair {
  readonly leftId: string;
  readonly rightId: string;
}

/** The same pair in the order it is stored in. */
export function orderedPair<T extends AccountPair>(pair: T): T {
  return pair.leftId < pair.rightId ? pair : { ...pair, leftId: pair.rightId, rightId: pair.leftId };
}

export function pairKey({ leftId, rightId }: AccountPair): string {
  return leftId < rightId ? `${leftId} ${rightId}` : `${rightId} ${leftId}`;
}

/** Returns how many had not been told apart before. */
export async function dismissPairs(
  tx: Db,
  pairs: readonly AccountPair[],
  by: { readonly personId: string; readonly at: Date },
): Promise<number> {
  const rows = pairs.map(orderedPair).map(({ leftId, rightId }) => ({ leftId, rightId, ...by }));
  return bulkInsert(tx, duplicateDismissal, rows, sql`on conflict do nothing`);
}

/** Returns how many had been told apart. */
export async function undismissPairs(tx: Db, pairs: readonly AccountPair[]): Promise<number> {
  const given = pairs.map(orderedPair);
  const gone = await tx.execute(sql`
    delete from duplicate_dismissal d using rows from (${listOf('uuid', given, ({ leftId }) => leftId)},
      ${listOf('uuid', given, ({ rightId }) => rightId)}) as x (left_id, right_id)
    where (d.left_id, d.right_id) = (x.left_id, x.right_id)`);
  return gone.count;
}

/** Of these accounts, which pairs were told apart, by `pairKey`. */
export async function dismissedAmong(db: Db, accountIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (accountIds.length === 0) return new Set();
  const rows = await db.execute<{ left_id: string; right_id: string }>(sql`
    select d.left_id, d.right_id from ${listOf('uuid', [...new Set(accountIds)], (one) => one)} x (id)
    join duplicate_dismissal d on d.left_id = x.id`);
  return new Set(rows.map((row) => pairKey({ leftId: row.left_id, rightId: row.right_id })));
}

/** Two accounts that were told apart, and by whom. */
export interface Dismissal extends AccountPair {
  readonly leftName: string;
  readonly rightName: string;
  /** Null when the person is not known any more. */
  readonly person: string | null;
  readonly at: Date;
}

/** Of accounts that live in a connection, the latest first. */
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
