import { createHash } from 'node:crypto';
import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { matchModelSchema, type MatchModel } from '#src/domain/matching/model.ts';
import type { Db } from '#src/db/client.ts';
import { matchAdoption, matchModel } from '#src/db/schema/matching.ts';

const hashes = new WeakMap<MatchModel, string>();

/**
 * SHA-256 of the whole model. Two models that differ in one weight have different hashes, even if they have
 * the same version.
 */
export function modelHash(model: MatchModel): string {
  let hash = hashes.get(model);
  if (hash === undefined)
    hashes.set(model, (hash = createHash('sha256').update(JSON.stringify(model)).digest('hex')));
  return hash;
}

/** Stores a model. It is not deleted, because decisions refer to it. */
export async function saveModel(tx: Db, model: MatchModel, at: Date): Promise<void> {
  const row = { hash: modelHash(model), version: model.version, body: model, firstUsedAt: at };
  const [known] = await tx
    .select({ hash: matchModel.hash })
    .from(matchModel)
    .where(eq(matchModel.hash, row.hash));
  if (!known) await tx.insert(matchModel).values(row).onConflictDoNothing();
}

const parsed = new Map<string, MatchModel>();

/** A model never changes, so each process reads it once. */
export async function findModel(db: Db, hash: string): Promise<MatchModel | null> {
  const known = parsed.get(hash);
  if (known) return known;
  const [row] = await db.select({ body: matchModel.body }).from(matchModel).where(eq(matchModel.hash, hash));
  if (!row) return null;
  const model = matchModelSchema.parse(row.body);
  parsed.set(hash, model);
  // The hash is remembered, because jsonb does not keep the order of keys that it was calculated from.
  hashes.set(model, hash);
  return model;
}

/**
 * Models with this version, or whose hash begins with this text of at least eight characters; newest first.
 */
export async function modelsByName(
  db: Db,
  name: string,
): Promise<readonly { readonly hash: string; readonly version: string }[]> {
  return db
    .select({ hash: matchModel.hash, version: matchModel.version })
    .from(matchModel)
    .where(
      sql`${matchModel.version} = ${name} or (length(${name}) >= 8 and starts_with(${matchModel.hash}, ${name}))`,
    )
    .orderBy(desc(matchModel.firstUsedAt));
}

/** The model that was adopted last; null before the first adoption. */
export async function adoptedHash(db: Db): Promise<string | null> {
  const [row] = await db
    .select({ hash: matchAdoption.modelHash })
    .from(matchAdoption)
    .where(isNotNull(matchAdoption.adoptedAt))
    .orderBy(desc(matchAdoption.adoptedAt), desc(matchAdoption.id))
    .limit(1);
  return row?.hash ?? null;
}

/** @param row names a model that is stored */
export async function addProposal(
  tx: Db,
  row: Pick<typeof matchAdoption.$inferInsert, 'id' | 'modelHash' | 'proposedBy' | 'proposedAt'>,
): Promise<void> {
  await tx.insert(matchAdoption).values(row);
}

/** The newest proposal of this model that was not adopted, locked to the end of the transaction. */
export async function lockProposal(tx: Db, hash: string): Promise<typeof matchAdoption.$inferSelect | null> {
  const [row] = await tx
    .select()
    .from(matchAdoption)
    .where(and(eq(matchAdoption.modelHash, hash), isNull(matchAdoption.adoptedAt)))
    .orderBy(desc(matchAdoption.proposedAt), desc(matchAdoption.id))
    .limit(1)
    .for('update');
  return row ?? null;
}

export async function markAdopted(tx: Db, id: string, adoptedBy: string, adoptedAt: Date): Promise<void> {
  await tx.update(matchAdoption).set({ adoptedBy, adoptedAt }).where(eq(matchAdoption.id, id));
}
