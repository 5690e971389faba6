import type { RemoteFields } from '#connectors/contract/records.ts';
import { and, asc, eq, gt, inArray, notInArray, sql, type SQL } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { mappingRestore } from '#src/db/schema/mapping-work.ts';
import { writeIntent } from '#src/db/schema/work.ts';

export type Restore = typeof mappingRestore.$inferSelect;

/** At most one of a mapping is under way. */
export async function addRestore(tx: Db, row: typeof mappingRestore.$inferInsert): Promise<void> {
  await tx.insert(mappingRestore).values(row);
}

/** Those of a mapping that are not over, are. */
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

/** Those of the ids that are a restore's. */
export async function restoresAmong(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: mappingRestore.id })
    .from(mappingRestore)
    .where(inArray(mappingRestore.id, [...ids]));
  return new Set(rows.map((row) => row.id));
}

/** A write that landed, with what stood in its fields before. */
export interface LandedWrite {
  readonly recordId: string;
  /** Null: the write made the record. */
  readonly extId: string | null;
  readonly fields: RemoteFields;
  readonly base: RemoteFields;
  readonly mappingVersion: number;
}

/** All of a mapping version, or so many of the last. */
type Which = Pick<Restore, 'version' | 'count'>;

/** Writes that landed and undid nothing themselves, of all versions or of one. */
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
 * What landed, a part of so many records after another, by our ids: all that is to be undone of one record
 * comes together, the last write first. Of a mapping version there may be any number of records, so none but
 * the part at hand is held; of so many of the last writes, only the ids are.
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

/** The records of the last so many writes, and the oldest of these. */
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
 * How many there are, of how many records, and whether one of them was made by this version and wrote one of
 * these fields.
 */
export async function tallyOfLanded(
  db: Db,
  place: MappingPlace,
  which: Which,
  owned: { readonly version: number | null; readonly fields: readonly string[] },
): Promise<{ readonly writes: number; readonly records: number; readonly ofVersion: boolean }> {
  const all = db
    .select({ recordId, fields, mappingVersion })
    .from(writeIntent)
    .where(landed(place, which.version));
  const writes = (which.count === null ? all : all.orderBy(lastFirst).limit(which.count)).as('landed');
  const names = sql`array(select jsonb_array_elements_text(${JSON.stringify(owned.fields)}::text::jsonb))`;
  const [row] = await db
    .select({
      writes: sql<number>`count(*)::int`,
      records: sql<number>`count(distinct ${writes.recordId})::int`,
      ofVersion: sql<boolean>`coalesce(bool_or(${writes.mappingVersion} = ${owned.version} and ${writes.fields} ?| ${names}), false)`,
    })
    .from(writes);
  return row ?? { writes: 0, records: 0, ofVersion: false };
}
