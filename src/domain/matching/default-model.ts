import model from './default-model.json' with { type: 'json' };
import { matchModelSchema, type MatchModel } from './model.ts';

/** What is delivered; docs/matching.md says where each figure comes from. */
export const defaultModel: MatchModel = matchModelSchema.parse(model);
