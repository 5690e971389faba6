import { and, desc, eq, notInArray } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { mappingBackfill } from '#src/db/schema/mapping-work.ts';

export type Backfill = typeof mappingBackfill.$inferSelect;

const of = ({ connectionId, object, kind }: MappingPlace) =>
  and(
    eq(mappingBackfill.connectionId, connectionId),
    eq(mappingBackfill.object, object),
    eq(mappingBackfill.kind, kind),
  );
const running = notInArray(mappingBackfill.phase, ['done', 'failed']);

/** False when one of the same mapping is under way. */
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
    .where(and(of(place), running));
  return found ?? null;
}

/** Whatever became of it. */
export async function latestBackfill(db: Db, place: MappingPlace): Promise<Backfill | null> {
  const [found] = await db
    .select()
    .from(mappingBackfill)
    .where(of(place))
    .orderBy(desc(mappingBackfill.startedAt))
    .limit(1);
  return found ?? null;
}

/** How far it has come; in the transaction of what it did. */
export async function saveBackfill(
  tx: Db,
  id: string,
  reached: Partial<Pick<Backfill, 'phase' | 'afterId' | 'report' | 'finishedAt'>>,
): Promise<void> {
  await tx.update(mappingBackfill).set(reached).where(eq(mappingBackfill.id, id));
}
