import type { RemoteFields } from '#connectors/connector.ts';
import { and, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { Db } from './client.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { mappingRestore } from './schema/mapping-work.ts';
import { writeIntent } from './schema/work.ts';

export type Restore = typeof mappingRestore.$inferSelect;

/** At most one of a mapping is under way. */
export async function addRestore(tx: Db, row: typeof mappingRestore.$inferInsert): Promise<void> {
  await tx.insert(mappingRestore).values(row);
}

/** Those of a mapping that are not over, are. */
export async function endRestores(tx: Db, { connectionId, object, kind }: MappingPlace, finishedAt: Date): Promise<void> {
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

export async function saveRestore(tx: Db, id: string, reached: Partial<Pick<Restore, 'phase' | 'report' | 'finishedAt'>>): Promise<void> {
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

function landed(db: Db, { connectionId, object, kind }: MappingPlace, { version, count }: Which) {
  const { recordId, extId, fields, base, mappingVersion } = writeIntent;
  const query = db
    .select({ recordId, extId, fields, base, mappingVersion })
    .from(writeIntent)
    .where(
      and(
        eq(writeIntent.connectionId, connectionId),
        eq(writeIntent.object, object),
        eq(writeIntent.kind, kind),
        eq(writeIntent.status, 'done'),
        version === null ? undefined : eq(writeIntent.mappingVersion, version),
        sql`not exists (select 1 from ${mappingRestore} where ${mappingRestore.id} = ${writeIntent.runId})`,
      ),
    )
    .orderBy(sql`${writeIntent.settledAt} desc, ${writeIntent.id} desc`);
  return count === null ? query : query.limit(count);
}

/** Writes that landed and undid nothing themselves, the last first: those of a mapping version, or so many. */
export async function landedWrites(db: Db, place: MappingPlace, which: Which): Promise<LandedWrite[]> {
  return landed(db, place, which);
}

/** How many there are, and whether one of them was made by this version and wrote one of these fields. */
export async function tallyOfLanded(
  db: Db,
  place: MappingPlace,
  which: Which,
  { version, fields }: { readonly version: number | null; readonly fields: readonly string[] },
): Promise<{ readonly writes: number; readonly ofVersion: boolean }> {
  const writes = landed(db, place, which).as('landed');
  const names = sql`array(select jsonb_array_elements_text(${JSON.stringify(fields)}::text::jsonb))`;
  const [row] = await db
    .select({
      writes: sql<number>`count(*)::int`,
      ofVersion: sql<boolean>`coalesce(bool_or(${writes.mappingVersion} = ${version} and ${writes.fields} ?| ${names}), false)`,
    })
    .from(writes);
  return row ?? { writes: 0, ofVersion: false };
}
