import { and, desc, eq, notInArray } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { mappingBackfill } from '#src/db/schema/mapping-work.ts';

export type Backfill = typeof mappingBackfill.$inferSelect;

const isOf = ({ connectionId, object, kind }: MappingPlace) =>
  and(
    eq(mappingBackfill.connectionId, connectionId),
    eq(mappingBackfill.object, object),
    eq(mappingBackfill.kind, kind),
  );
const running = notInArray(mappingBackfill.phase, ['done', 'failed']);

/** Inserts a backfill. False when one of the same mapping is running. */
export async function addBackfill(tx: Db, row: typeof mappingBackfill.$inferInsert): Promise<boolean> {
  const added = await tx
    .insert(mappingBackfill)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: mappingBackfill.id });
  return added.length > 0;
}

export async function findBackfill(db: Db, id: string): Promise<Backfill | null> {
  const [found] = await db.select().from(mappingBackfill).where(eq(mappingBackfill.id, id));
  return found ?? null;
}

export async function runningBackfill(db: Db, place: MappingPlace): Promise<Backfill | null> {
  const [found] = await db
    .select()
    .from(mappingBackfill)
    .where(and(isOf(place), running));
  return found ?? null;
}

/** The last backfill of a mapping, in any state. */
export async function latestBackfill(db: Db, place: MappingPlace): Promise<Backfill | null> {
  const [found] = await db
    .select()
    .from(mappingBackfill)
    .where(isOf(place))
    .orderBy(desc(mappingBackfill.startedAt))
    .limit(1);
  return found ?? null;
}

/** Saves the progress of a backfill, in the transaction of the work. */
export async function saveBackfill(
  tx: Db,
  id: string,
  reached: Partial<Pick<Backfill, 'phase' | 'afterId' | 'report' | 'finishedAt'>>,
): Promise<void> {
  await tx.update(mappingBackfill).set(reached).where(eq(mappingBackfill.id, id));
}
