import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import type { Pack, Place } from './mapping-types.ts';

/** The queries of the mapping editor with their cache keys. */

const idleRefreshMs = 15_000;
const waitingRefreshMs = 3_000;
const runningRefreshMs = 1_000;

/** The path and query of everything about one mapping. */
export function at({ connectionId, object, kind }: Place) {
  return { path: { connectionId, object }, query: kind === undefined ? {} : { kind } };
}

const keyOf = (place: Place, ...rest: unknown[]) => [
  'mapping',
  place.connectionId,
  place.object,
  place.kind ?? null,
  ...rest,
];

export function mappingPageQuery(place: Place) {
  return queryOptions({
    queryKey: keyOf(place, 'page'),
    queryFn: () => expectAnswer(api.GET('/api/mappings/{connectionId}/{object}', { params: at(place) })),
    // Reloads regularly, so that the person who submitted a version sees when it becomes live.
    refetchInterval: ({ state }) =>
      state.data?.open?.status === 'submitted' ? waitingRefreshMs : idleRefreshMs,
  });
}

/**
 * Loaded once, because reading sample records costs calls. The page itself removes accepted suggestions.
 */
export function suggestionsQuery(place: Place) {
  return queryOptions({
    queryKey: keyOf(place, 'suggestions'),
    queryFn: () =>
      expectAnswer(api.GET('/api/mappings/{connectionId}/{object}/suggestions', { params: at(place) })),
    staleTime: Infinity,
  });
}

export function recordsToTryQuery(place: Place, search: string) {
  const { path, query } = at(place);
  return queryOptions({
    queryKey: keyOf(place, 'records', search),
    queryFn: () =>
      expectAnswer(
        api.GET('/api/mappings/{connectionId}/{object}/records', {
          params: { path, query: { ...query, search } },
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function previewQuery(place: Place, pack: Pack, recordRef: string | null) {
  return queryOptions({
    queryKey: keyOf(place, 'preview', recordRef, pack),
    queryFn: () =>
      expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/draft/preview', {
          params: at(place),
          body: { recordRef: recordRef ?? '', pack },
        }),
      ),
    enabled: recordRef !== null,
    placeholderData: keepPreviousData,
    // Each costs calls on the CRM.
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
}

/** @param revision of the draft, where it is one of the sides: another one is another difference */
export function differenceQuery(
  place: Place,
  from: number | 'live',
  to: number | 'draft',
  revision: number | null = null,
) {
  const { path, query } = at(place);
  return queryOptions({
    queryKey: keyOf(place, 'difference', from, to, revision),
    queryFn: () =>
      expectAnswer(
        api.GET('/api/mappings/{connectionId}/{object}/difference', {
          params: { path, query: { ...query, from, to } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** What the changed lines do to some real records of the CRM. */
export function examplesQuery(
  place: Place,
  from: number | 'live',
  to: number | 'draft',
  revision: number | null = null,
) {
  const { path, query } = at(place);
  return queryOptions({
    queryKey: keyOf(place, 'examples', from, to, revision),
    queryFn: () =>
      expectAnswer(
        api.GET('/api/mappings/{connectionId}/{object}/examples', {
          params: { path, query: { ...query, from, to } },
        }),
      ),
  });
}

export function dryRunQuery(place: Place) {
  return queryOptions({
    queryKey: keyOf(place, 'dry-run'),
    queryFn: () =>
      expectAnswer(api.GET('/api/mappings/{connectionId}/{object}/draft/dry-run', { params: at(place) })),
    refetchInterval: ({ state }) => (state.data?.running ? runningRefreshMs : false),
  });
}

export function backfillQuery(place: Place) {
  return queryOptions({
    queryKey: keyOf(place, 'backfill'),
    queryFn: () =>
      expectAnswer(api.GET('/api/mappings/{connectionId}/{object}/backfill', { params: at(place) })),
    refetchInterval: ({ state }) => (isBusy(state.data) ? runningRefreshMs : idleRefreshMs),
  });
}

/** True while records are mapped or their writes are sent. */
function isBusy(data: { readonly state: string; readonly report?: object | null } | undefined): boolean {
  if (data === undefined || data.state === 'running') return data?.state === 'running';
  const writes =
    data.report && 'writes' in data.report
      ? (data.report.writes as { readonly open: number } | undefined)
      : undefined;
  return data.state === 'done' && (writes?.open ?? 0) > 0;
}

export function restoreQuery(place: Place, restoreId: string) {
  const { connectionId, object } = place;
  return queryOptions({
    queryKey: keyOf(place, 'restore', restoreId),
    queryFn: () =>
      expectAnswer(
        api.GET('/api/mappings/{connectionId}/{object}/restore/{restoreId}', {
          params: { path: { connectionId, object, restoreId } },
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data && ['done', 'failed'].includes(state.data.phase) ? false : runningRefreshMs,
  });
}
