import type { RemoteFields } from '#connectors/contract/records.ts';
import { and, asc, eq, gt, inArray, notInArray, sql, type SQL } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { mappingRestore } from '#src/db/schema/mapping-work.ts';
import { writeIntent } from '#src/db/schema/work.ts';

export type Restore = typeof mappingRestore.$inferSelect;

/** Inserts a restore. At most one of a mapping runs at a time. */
export async function addRestore(tx: Db, row: typeof mappingRestore.$inferInsert): Promise<void> {
  await tx.insert(mappingRestore).values(row);
}

/** Ends the running restores of a mapping as failed. */
export async function failRestores(
  tx: Db,
  { connectionId, object, kind }: MappingPlace,
  finishedAt: Date,
): Promise<void> {
  await tx
    .update(mappingRestore)
    .set({ phase: 'failed', finishedAt })
    .where(
      and(
        eq(mappingRestore.connectionId, connectionId),
        eq(mappingRestore.object, object),
        eq(mappingRestore.kind, kind),
        notInArray(mappingRestore.phase, ['done', 'failed']),
      ),
    );
}

export async function findRestore(db: Db, id: string): Promise<Restore | null> {
  const [found] = await db.select().from(mappingRestore).where(eq(mappingRestore.id, id));
  return found ?? null;
}

export async function saveRestore(
  tx: Db,
  id: string,
  reached: Partial<Pick<Restore, 'phase' | 'report' | 'finishedAt'>>,
): Promise<void> {
  await tx.update(mappingRestore).set(reached).where(eq(mappingRestore.id, id));
}

/** The ids that belong to a restore. */
export async function restoresAmong(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: mappingRestore.id })
    .from(mappingRestore)
    .where(inArray(mappingRestore.id, [...ids]));
  return new Set(rows.map((row) => row.id));
}

/** A write that the vendor accepted, with the values of its fields before. */
export interface LandedWrite {
  readonly recordId: string;
  /** Null when the write created the record. */
  readonly extId: string | null;
  readonly fields: RemoteFields;
  readonly base: RemoteFields;
  readonly mappingVersion: number;
}

/** Either all writes of a version or a number of the last ones. */
type Which = Pick<Restore, 'version' | 'count'>;

/** Accepted writes that are not part of a restore, of all versions or of one. */
function landed(
  { connectionId, object, kind }: MappingPlace,
  version: number | null,
  further?: SQL,
): SQL | undefined {
  return and(
    eq(writeIntent.connectionId, connectionId),
    eq(writeIntent.object, object),
    eq(writeIntent.kind, kind),
    eq(writeIntent.status, 'done'),
    version === null ? undefined : eq(writeIntent.mappingVersion, version),
    sql`not exists (select 1 from ${mappingRestore} where ${mappingRestore.id} = ${writeIntent.runId})`,
    further,
  );
}

const { id, recordId, extId, fields, base, mappingVersion, settledAt } = writeIntent;
const lastFirst = sql`${settledAt} desc, ${id} desc`;

/**
 * The accepted writes, in parts of so many records, by our ids. All writes to one record come together, the
 * last one first. A mapping version may have written to any number of records, so only one part is in memory;
 * of a number of last writes, only the ids are.
 */
export async function* landedParts(
  db: Db,
  place: MappingPlace,
  { version, count }: Which,
  recordsAtOnce: number,
): AsyncGenerator<readonly LandedWrite[]> {
  const last = count === null ? null : await lastLanded(db, place, count);
  const oldest = last?.oldest
    ? sql`(${settledAt}, ${id}) >= (${last.oldest.settledAt}::timestamptz, ${last.oldest.id}::uuid)`
    : undefined;
  for (let start = 0, afterId: string | null = null; ; start += recordsAtOnce) {
    const ids: readonly string[] = last
      ? last.recordIds.slice(start, start + recordsAtOnce)
      : await nextRecords(
          db,
          landed(place, version, afterId === null ? undefined : gt(recordId, afterId)),
          recordsAtOnce,
        );
    afterId = ids.at(-1) ?? null;
    if (afterId === null) return;
    yield await db
      .select({ recordId, extId, fields, base, mappingVersion })
      .from(writeIntent)
      .where(landed(place, version, and(isKeyIn(recordId, ids, 'uuid'), oldest)))
      .orderBy(lastFirst);
  }
}

async function nextRecords(db: Db, which: SQL | undefined, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectDistinct({ recordId })
    .from(writeIntent)
    .where(which)
    .orderBy(asc(recordId))
    .limit(limit);
  return rows.map((row) => row.recordId);
}

/** The records of the last `count` writes, and the oldest of these writes. */
async function lastLanded(db: Db, place: MappingPlace, count: number) {
  const rows = await db
    .select({ id, recordId, settledAt: sql<string>`${settledAt}::text` })
    .from(writeIntent)
    .where(landed(place, null))
    .orderBy(lastFirst)
    .limit(count);
  return { recordIds: [...new Set(rows.map((row) => row.recordId))].toSorted(), oldest: rows.at(-1) ?? null };
}

/**
 * The number of writes and of records, and whether one of the writes was made by this version and wrote one
 * of these fields.
 */
export async function tallyOfLanded(
  db: Db,
  place: MappingPlace,
  which: Which,
  createdBy: { readonly version: number | null; readonly fields: readonly string[] },
): Promise<{ readonly writes: number; readonly records: number; readonly ofVersion: boolean }> {
  const all = db
    .select({ recordId, fields, mappingVersion })
    .from(writeIntent)
    .where(landed(place, which.version));
  const writes = (which.count === null ? all : all.orderBy(lastFirst).limit(which.count)).as('landed');
  const names = sql`array(select jsonb_array_elements_text(${JSON.stringify(createdBy.fields)}::text::jsonb))`;
  const [row] = await db
    .select({
      writes: sql<number>`count(*)::int`,
      records: sql<number>`count(distinct ${writes.recordId})::int`,
      ofVersion: sql<boolean>`coalesce(bool_or(${writes.mappingVersion} = ${createdBy.version} and ${writes.fields} ?| ${names}), false)`,
    })
    .from(writes);
  return row ?? { writes: 0, records: 0, ofVersion: false };
}
