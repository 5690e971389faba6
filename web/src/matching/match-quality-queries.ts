import { queryOptions } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import type { Get } from '../api/types.ts';

export type MatchQuality = Get<'/api/match-quality'>;
export type Quality = MatchQuality['total'];
export type Estimate = NonNullable<Quality['precision']>;
export type Reliability = NonNullable<Quality['calibration']>;
export type Question = Get<'/api/match-quality/questions'>['questions'][number];
export type MatchAnswer = 'same' | 'related' | 'different';

export const matchQualityQuery = queryOptions({
  queryKey: ['match-quality', 'figures'],
  queryFn: () => expectAnswer(api.GET('/api/match-quality')),
});

export const questionsQuery = queryOptions({
  queryKey: ['match-quality', 'questions'],
  queryFn: () => expectAnswer(api.GET('/api/match-quality/questions')),
});

/** Reviewers' answers about one registration's customer and its rivals. */
export function labelsQuery(registrationId: string) {
  return queryOptions({
    queryKey: ['match-quality', 'labels', registrationId],
    queryFn: () =>
      expectAnswer(
        api.GET('/api/match-quality/labels/{registrationId}', { params: { path: { registrationId } } }),
      ),
  });
}
