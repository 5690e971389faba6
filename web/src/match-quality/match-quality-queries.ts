import { queryOptions } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import type { paths } from '../api/schema.d.ts';

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type MatchQuality = Answer<'/api/match-quality'>;
export type Quality = MatchQuality['whole'];
export type Estimate = NonNullable<Quality['precision']>;
export type Reliability = NonNullable<Quality['calibration']>;
export type Question = Answer<'/api/match-quality/questions'>['questions'][number];
export type MatchAnswer = 'same' | 'related' | 'different';

export const matchQualityQuery = queryOptions({
  queryKey: ['match-quality', 'figures'],
  queryFn: () => expectAnswer(api.GET('/api/match-quality')),
});

export const questionsQuery = queryOptions({
  queryKey: ['match-quality', 'questions'],
  queryFn: () => expectAnswer(api.GET('/api/match-quality/questions')),
});

/** What reviewers said of one registration's customer and its rivals. */
export function labelsQuery(registrationId: string) {
  return queryOptions({
    queryKey: ['match-quality', 'labels', registrationId],
    queryFn: () => expectAnswer(api.GET('/api/match-quality/labels/{registrationId}', { params: { path: { registrationId } } })),
  });
}
