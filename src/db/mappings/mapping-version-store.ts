import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { CanonicalKind } from '#src/domain/record.ts';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';
import { mappingVersion } from '#src/db/schema/mapping.ts';

export type MappingVersion = typeof mappingVersion.$inferSelect;
export type NewMappingVersion = typeof mappingVersion.$inferInsert;

/** Names a mapping: one kind of one object of one connection. */
export interface MappingPlace {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: CanonicalKind;
}

const isOf = ({ connectionId, object, kind }: MappingPlace) =>
  and(
    eq(mappingVersion.connectionId, connectionId),
    eq(mappingVersion.object, object),
    eq(mappingVersion.kind, kind),
  );
const open = inArray(mappingVersion.status, ['draft', 'submitted']);

/** The draft or the submitted version. There is at most one of both. */
export async function openVersion(db: Db, place: MappingPlace): Promise<MappingVersion | null> {
  const [found] = await db
    .select()
    .from(mappingVersion)
    .where(and(isOf(place), open));
  return found ?? null;
}

/** The live version of a kind, of any object; null while the shipped mapping is in force. */
export async function liveVersion(
  db: Db,
  { connectionId, kind }: Omit<MappingPlace, 'object'>,
): Promise<MappingVersion | null> {
  const [found] = await db
    .select()
    .from(mappingVersion)
    .where(
      and(
        eq(mappingVersion.connectionId, connectionId),
        eq(mappingVersion.kind, kind),
        eq(mappingVersion.status, 'live'),
      ),
    );
  return found ?? null;
}

export async function findVersionByNumber(
  db: Db,
  place: MappingPlace,
  version: number,
): Promise<MappingVersion | null> {
  const [found] = await db
    .select()
    .from(mappingVersion)
    .where(and(isOf(place), eq(mappingVersion.version, version)));
  return found ?? null;
}

export async function findVersion(db: Db, id: string): Promise<MappingVersion | null> {
  const [found] = await db.select().from(mappingVersion).where(eq(mappingVersion.id, id));
  return found ?? null;
}

/** The versions of one kind of one object, newest first. */
export async function versionsOf(db: Db, place: MappingPlace): Promise<MappingVersion[]> {
  return db.select().from(mappingVersion).where(isOf(place)).orderBy(desc(mappingVersion.version));
}

/** Drafts and submitted versions of all connections. */
export async function openVersions(db: Db): Promise<MappingVersion[]> {
  return db.select().from(mappingVersion).where(open).orderBy(mappingVersion.createdAt);
}

/** The kinds for which an object has a draft or a submitted version. */
export async function openKinds(db: Db, connectionId: string, object: string): Promise<CanonicalKind[]> {
  const rows = await db
    .select({ kind: mappingVersion.kind })
    .from(mappingVersion)
    .where(and(eq(mappingVersion.connectionId, connectionId), eq(mappingVersion.object, object), open));
  return rows.map(({ kind }) => kind);
}

/** The highest version number of an object, of any kind; 0 when there is none. */
export async function highestVersion(db: Db, connectionId: string, object: string): Promise<number> {
  const [found] = await db
    .select({ highest: sql<number>`coalesce(max(${mappingVersion.version}), 0)` })
    .from(mappingVersion)
    .where(and(eq(mappingVersion.connectionId, connectionId), eq(mappingVersion.object, object)));
  return found?.highest ?? 0;
}

/**
 * Locks the custom fields of a kind to the end of the transaction. The fields of one connection's mapping are
 * compared with those of all others, which must not change meanwhile.
 */
export async function lockDeclaredFields(tx: Db, kind: CanonicalKind): Promise<void> {
  await lockInTransaction(tx, 'declaredFields', kind);
}

export async function addVersion(tx: Db, row: NewMappingVersion): Promise<MappingVersion> {
  const [added] = await tx.insert(mappingVersion).values(row).returning();
  if (!added) throw new TypeError('an insert gave no row');
  return added;
}

export type DraftChange = Pick<MappingVersion, 'updatedBy' | 'updatedAt'> & { readonly pack: MappingPack };

/**
 * Saves a draft that still has this revision. False when another person saved it first or it is no longer a
 * draft.
 */
export async function saveDraft(
  tx: Db,
  id: string,
  revision: number,
  { pack, updatedBy, updatedAt }: DraftChange,
): Promise<boolean> {
  const saved = await tx
    .update(mappingVersion)
    .set({
      pack,
      updatedBy,
      updatedAt,
      revision: revision + 1,
      editors: sql`case when ${updatedBy}::uuid = any(editors) then editors else editors || ${updatedBy}::uuid end`,
    })
    .where(
      and(
        eq(mappingVersion.id, id),
        eq(mappingVersion.revision, revision),
        eq(mappingVersion.status, 'draft'),
      ),
    )
    .returning({ id: mappingVersion.id });
  return saved.length > 0;
}

/** The fields that change after a version was drafted: it is submitted, decided, retired. */
export type VersionOutcome = Partial<
  Pick<
    MappingVersion,
    | 'status'
    | 'note'
    | 'editors'
    | 'submittedBy'
    | 'submittedAt'
    | 'decidedBy'
    | 'decidedAt'
    | 'decisionReason'
    | 'retiredAt'
  >
>;

export async function moveVersion(tx: Db, id: string, outcome: VersionOutcome): Promise<void> {
  await tx.update(mappingVersion).set(outcome).where(eq(mappingVersion.id, id));
}

/** Deletes a draft. The database refuses to delete other versions. */
export async function deleteDraft(tx: Db, id: string): Promise<void> {
  await tx.delete(mappingVersion).where(eq(mappingVersion.id, id));
}

export async function saveDryRun(db: Db, id: string, dryRun: unknown, dryRunAt: Date): Promise<void> {
  await db.update(mappingVersion).set({ dryRun, dryRunAt }).where(eq(mappingVersion.id, id));
}
