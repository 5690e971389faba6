import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { CanonicalKind } from '#src/domain/record.ts';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';
import { mappingVersion } from '#src/db/schema/mapping.ts';

export type MappingVersion = typeof mappingVersion.$inferSelect;
export type NewMappingVersion = typeof mappingVersion.$inferInsert;

/** Which mapping is meant: a kind of one object of one connection. */
export interface MappingPlace {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: CanonicalKind;
}

const at = ({ connectionId, object, kind }: MappingPlace) =>
  and(
    eq(mappingVersion.connectionId, connectionId),
    eq(mappingVersion.object, object),
    eq(mappingVersion.kind, kind),
  );
const open = inArray(mappingVersion.status, ['draft', 'submitted']);

/** The draft or what was handed in, at most one of them. */
export async function openVersion(db: Db, place: MappingPlace): Promise<MappingVersion | null> {
  const [found] = await db
    .select()
    .from(mappingVersion)
    .where(and(at(place), open));
  return found ?? null;
}

/** The version that is live for a kind, of whatever object; null while the shipped mapping is in force. */
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
    .where(and(at(place), eq(mappingVersion.version, version)));
  return found ?? null;
}

export async function findVersion(db: Db, id: string): Promise<MappingVersion | null> {
  const [found] = await db.select().from(mappingVersion).where(eq(mappingVersion.id, id));
  return found ?? null;
}

/** Of one kind of one object, the newest first. */
export async function versionsOf(db: Db, place: MappingPlace): Promise<MappingVersion[]> {
  return db.select().from(mappingVersion).where(at(place)).orderBy(desc(mappingVersion.version));
}

/** Drafts and what waits for approval, of all connections. */
export async function openVersions(db: Db): Promise<MappingVersion[]> {
  return db.select().from(mappingVersion).where(open).orderBy(mappingVersion.createdAt);
}

/** Kinds to which an object is being mapped by a draft or by what was handed in. */
export async function openKinds(db: Db, connectionId: string, object: string): Promise<CanonicalKind[]> {
  const rows = await db
    .select({ kind: mappingVersion.kind })
    .from(mappingVersion)
    .where(and(eq(mappingVersion.connectionId, connectionId), eq(mappingVersion.object, object), open));
  return rows.map(({ kind }) => kind);
}

/** The highest number given out for an object, whatever the kind; 0 for none. */
export async function highestVersion(db: Db, connectionId: string, object: string): Promise<number> {
  const [found] = await db
    .select({ highest: sql<number>`coalesce(max(${mappingVersion.version}), 0)` })
    .from(mappingVersion)
    .where(and(eq(mappingVersion.connectionId, connectionId), eq(mappingVersion.object, object)));
  return found?.highest ?? 0;
}

/**
 * Held to the end of the transaction: what one connection's mapping declares is checked against all others',
 * which must not change meanwhile.
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
 * Saves a draft that still has this revision; false when somebody else was faster, or it is no draft any
 * more.
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

/** What happens to a version after it was drafted: handed in, decided on, retired. */
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

export async function moveVersion(tx: Db, id: string, fate: VersionOutcome): Promise<void> {
  await tx.update(mappingVersion).set(fate).where(eq(mappingVersion.id, id));
}

/** Only a draft goes; the database keeps everything else. */
export async function deleteDraft(tx: Db, id: string): Promise<void> {
  await tx.delete(mappingVersion).where(eq(mappingVersion.id, id));
}

export async function saveDryRun(db: Db, id: string, dryRun: unknown, dryRunAt: Date): Promise<void> {
  await db.update(mappingVersion).set({ dryRun, dryRunAt }).where(eq(mappingVersion.id, id));
}
