import model from './default-model.json' with { type: 'json' };
import terms from './default-terms.json' with { type: 'json' };
import { matchModelSchema, type MatchModel } from './model.ts';

/** What `fairway match fit` found; docs/matching.md says from what. */
export const defaultModel: MatchModel = matchModelSchema.parse({ ...model, terms });
