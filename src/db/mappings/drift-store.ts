import type { ObjectDescription } from '#connectors/contract/records.ts';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import type { MappingPlace } from './mapping-version-store.ts';
import { mappingDrift } from '#src/db/schema/mapping-work.ts';

export type MappingDrift = typeof mappingDrift.$inferSelect;

const isOf = ({ connectionId, object, kind }: MappingPlace) =>
  and(
    eq(mappingDrift.connectionId, connectionId),
    eq(mappingDrift.object, object),
    eq(mappingDrift.kind, kind),
  );

export async function findDrift(db: Db, place: MappingPlace): Promise<MappingDrift | null> {
  const [found] = await db.select().from(mappingDrift).where(isOf(place));
  return found ?? null;
}

/** Drift with findings, of one connection or of all. */
export async function listDrift(db: Db, connectionId?: string): Promise<MappingDrift[]> {
  return db
    .select()
    .from(mappingDrift)
    .where(
      and(
        connectionId === undefined ? undefined : eq(mappingDrift.connectionId, connectionId),
        sql`${mappingDrift.findings} <> '[]'::jsonb`,
      ),
    )
    .orderBy(asc(mappingDrift.connectionId), asc(mappingDrift.object), asc(mappingDrift.kind));
}

export interface NewDrift extends MappingPlace {
  readonly version: number;
  readonly baseline: ObjectDescription;
  readonly findings: readonly unknown[];
  readonly alertHash: string | null;
  readonly foundAt: Date | null;
  readonly checkedAt: Date;
}

export async function saveDrift(tx: Db, row: NewDrift): Promise<void> {
  const { version, baseline, findings, alertHash, foundAt, checkedAt } = row;
  await tx
    .insert(mappingDrift)
    .values(row)
    .onConflictDoUpdate({
      target: [mappingDrift.connectionId, mappingDrift.object, mappingDrift.kind],
      set: { version, baseline, findings, alertHash, foundAt, checkedAt },
    });
}
