import model from './default-model.json' with { type: 'json' };
import { matchModelSchema, type MatchModel } from './model.ts';

/** The model of a new installation. docs/matching.md gives the source of each figure. */
export const defaultModel: MatchModel = matchModelSchema.parse(model);
