import type { Db } from '#src/db/client.ts';
import { adoptedHash, findModel, modelHash } from '#src/db/matching/match-model-store.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { AppError } from '#src/domain/errors.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';

/**
 * The model that decides: the one adopted last, or the default. Each call asks which; models are cached by
 * hash.
 */
export async function liveModel(db: Db): Promise<MatchModel> {
  const hash = await adoptedHash(db);
  if (hash === null || hash === modelHash(defaultModel)) return defaultModel;
  const model = await findModel(db, hash);
  if (!model) throw new AppError('internal', 'The adopted match model is no longer stored.', { hash });
  return model;
}
