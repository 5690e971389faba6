import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { matchModelSchema, type MatchModel } from '#src/domain/matching/model.ts';
import type { Db } from './client.ts';
import { matchModel } from './schema/matching.ts';

const hashes = new WeakMap<MatchModel, string>();

/** SHA-256 of the whole model: two that differ in one weight are two, whatever version they claim to be. */
export function modelHash(model: MatchModel): string {
  let hash = hashes.get(model);
  if (hash === undefined) hashes.set(model, (hash = createHash('sha256').update(JSON.stringify(model)).digest('hex')));
  return hash;
}

/** Keeps a model for as long as there may be decisions made with it. */
export async function keepModel(tx: Db, model: MatchModel, at: Date): Promise<void> {
  const row = { hash: modelHash(model), version: model.version, body: model, firstUsedAt: at };
  const [known] = await tx.select({ hash: matchModel.hash }).from(matchModel).where(eq(matchModel.hash, row.hash));
  if (!known) await tx.insert(matchModel).values(row).onConflictDoNothing();
}

export async function findModel(db: Db, hash: string): Promise<MatchModel | null> {
  const [row] = await db.select({ body: matchModel.body }).from(matchModel).where(eq(matchModel.hash, hash));
  return row ? matchModelSchema.parse(row.body) : null;
}
