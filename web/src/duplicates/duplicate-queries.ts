import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import type { Get } from '../api/types.ts';

/** The queries of the page of duplicates with their cache keys. */

export type Duplicates = Get<'/api/duplicates'>;
export type Group = Duplicates['groups'][number];
export type Account = Group['survivor'];
export type Duplicate = Group['others'][number];

/** Two accounts, in either order. */
export interface Pair {
  readonly leftId: string;
  readonly rightId: string;
}

const idleRefreshMs = 15_000;
const runningRefreshMs = 1_000;

export function duplicatesQuery(connection: string | null, after: number) {
  const query = { after, ...(connection === null ? {} : { connection }) };
  return queryOptions({
    queryKey: ['duplicates', query],
    queryFn: () => expectAnswer(api.GET('/api/duplicates', { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.running ? runningRefreshMs : idleRefreshMs),
  });
}

export function dismissedPairsQuery(connection: string) {
  return queryOptions({
    queryKey: ['duplicates', 'told apart', connection],
    queryFn: () => expectAnswer(api.GET('/api/duplicates/dismissed', { params: { query: { connection } } })),
  });
}
