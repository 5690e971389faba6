import { readFile, writeFile } from 'node:fs/promises';
import type { Db } from '#src/db/client.ts';
import { findModel, modelsByName } from '#src/db/matching/match-model-store.ts';
import { AppError } from '#src/domain/errors.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { matchModelSchema, type MatchModel } from '#src/domain/matching/model.ts';

/**
 * A model by its file, its version or the beginning of its hash.
 *
 * @throws AppError `bad_request` for a file that holds no model; `not_found`; `conflict` when several models
 * bear the name
 */
export async function namedModel(db: Db, name: string): Promise<MatchModel> {
  if (name.endsWith('.json')) return modelIn(name);
  if (name === defaultModel.version) return defaultModel;
  const [first, ...others] = await modelsByName(db, name);
  if (others.length > 0) {
    const hashes = [first, ...others].map((one) => one?.hash.slice(0, 12));
    throw new AppError(
      'conflict',
      `Several models are called “${name}”. Say which by the beginning of its hash: ${hashes.join(', ')}.`,
    );
  }
  const model = first && (await findModel(db, first.hash));
  if (!model)
    throw new AppError(
      'not_found',
      `No model is called “${name}”. Name a file (….json), a version or the first 8 digits of a hash.`,
    );
  return model;
}

/** As JSON that `namedModel` reads again. */
export async function writeModel(model: MatchModel, path: string): Promise<void> {
  await writeFile(path, `${JSON.stringify(model, null, 2)}\n`);
}

async function modelIn(path: string): Promise<MatchModel> {
  let written: unknown;
  try {
    written = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new AppError(
      'bad_request',
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {},
      error,
    );
  }
  const model = matchModelSchema.safeParse(written);
  if (!model.success)
    throw new AppError(
      'bad_request',
      `${path} holds no match model: ${model.error.issues[0]?.message ?? ''}`,
    );
  return model.data;
}
