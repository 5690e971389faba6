import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, expectAnswer } from './client.ts';
import type { ConnectionDetail, RecordKind } from './types.ts';

/** Every query of the console with its cache key. */

const idleRefreshMs = 15_000;
const runningRefreshMs = 1_500;

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => expectAnswer(api.GET('/api/me')), staleTime: 60_000, retry: false });

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: () => expectAnswer(api.GET('/api/overview')),
  refetchInterval: (query) => (query.state.data?.running ? runningRefreshMs : idleRefreshMs),
});

export interface RegistrationSearch {
  readonly status: 'waiting' | 'submitted' | 'information_needed' | 'in_review' | 'approved' | 'rejected' | 'expired' | 'withdrawn' | undefined;
  readonly search: string;
  readonly sort: 'due' | 'oldest' | 'newest' | 'score';
  readonly decider: 'me' | undefined;
  readonly answer: 'late' | undefined;
}

export function registrationsQuery({ status, search, sort, decider, answer }: RegistrationSearch, cursor: string | null) {
  const query = {
    sort,
    ...(status ? { status } : {}),
    ...(search ? { search } : {}),
    ...(decider ? { decider } : {}),
    ...(answer ? { answer } : {}),
    ...(cursor ? { cursor } : {}),
  };
  return queryOptions({
    queryKey: ['registrations', query],
    queryFn: () => expectAnswer(api.GET('/api/registrations', { params: { query } })),
    refetchInterval: ({ state: { data } }) => (data?.registrations.some((one) => one.deferred !== null) ? runningRefreshMs : idleRefreshMs),
  });
}

export function lifecycleQuery(id: string) {
  return queryOptions({
    queryKey: ['lifecycle', id],
    queryFn: () => expectAnswer(api.GET('/api/registrations/{id}/lifecycle', { params: { path: { id } } })),
    // A decision that can be undone is shown as applied soon after its time.
    refetchInterval: ({ state: { data } }) => (data?.deferred ? runningRefreshMs : idleRefreshMs),
  });
}

export function registrationQuery(id: string) {
  return queryOptions({
    queryKey: ['registration', id],
    queryFn: () => expectAnswer(api.GET('/api/registrations/{id}', { params: { path: { id } } })),
    // Reloads soon after a decision, to show when it is written to the CRM.
    refetchInterval: (query) => (query.state.data?.writeBack.some((record) => record.fields.some((field) => field.state === 'waiting')) ? 2_000 : idleRefreshMs),
  });
}

export const channelQuery = queryOptions({ queryKey: ['channel'], queryFn: () => expectAnswer(api.GET('/api/channel')) });

export const mappingsQuery = queryOptions({ queryKey: ['mappings'], queryFn: () => expectAnswer(api.GET('/api/mappings')) });

export const payoutsQuery = queryOptions({ queryKey: ['payouts'], queryFn: () => expectAnswer(api.GET('/api/payouts')), refetchInterval: idleRefreshMs });

export const closedPeriodQuery = queryOptions({ queryKey: ['closed-period'], queryFn: () => expectAnswer(api.GET('/api/periods/last-closed')) });

export function payoutQuery(id: string) {
  return queryOptions({ queryKey: ['payout', id], queryFn: () => expectAnswer(api.GET('/api/payouts/{id}', { params: { path: { id } } })) });
}

export function payoutLinesQuery(id: string, itemId: string) {
  return queryOptions({
    queryKey: ['payout', id, itemId],
    queryFn: () => expectAnswer(api.GET('/api/payouts/{id}/items/{itemId}', { params: { path: { id, itemId } } })),
  });
}

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: () => expectAnswer(api.GET('/api/connections')),
  refetchInterval: idleRefreshMs,
});

export function connectionQuery(id: string) {
  return queryOptions({
    queryKey: ['connection', id],
    queryFn: () => expectAnswer(api.GET('/api/connections/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => (data && isBusy(data) ? runningRefreshMs : idleRefreshMs),
  });
}

/** True while a read or a comparison is in progress. */
function isBusy({ objects, reconcile }: ConnectionDetail): boolean {
  return reconcile.some((one) => one.state === 'running') || objects.some((one) => one.reading !== null);
}

export function recordsQuery(search: string) {
  return queryOptions({
    queryKey: ['records', search],
    queryFn: () => expectAnswer(api.GET('/api/records', { params: { query: { search } } })),
    enabled: search !== '',
  });
}

export function recordQuery(kind: RecordKind, id: string) {
  return queryOptions({
    queryKey: ['record', id],
    queryFn: () => expectAnswer(api.GET('/api/records/{kind}/{id}', { params: { path: { kind, id } } })),
    refetchInterval: idleRefreshMs,
  });
}

export function timelineQuery(kind: RecordKind, id: string) {
  return infiniteQueryOptions({
    queryKey: ['timeline', id],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      expectAnswer(
        api.GET('/api/records/{kind}/{id}/timeline', { params: { path: { kind, id }, query: pageParam === '' ? {} : { cursor: pageParam } } }),
      ),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: idleRefreshMs,
  });
}

export function conflictsQuery(status: 'open' | 'settled', connection: string | null, cursor: string | null) {
  const query = { status, ...(connection ? { connection } : {}), ...(cursor ? { cursor } : {}) };
  return queryOptions({
    queryKey: ['conflicts', query],
    queryFn: () => expectAnswer(api.GET('/api/conflicts', { params: { query } })),
    refetchInterval: idleRefreshMs,
  });
}

export function problemsQuery(status: 'open' | 'resolved', connection: string | null) {
  const query = { status, ...(connection ? { connection } : {}) };
  return queryOptions({ queryKey: ['problems', query], queryFn: () => expectAnswer(api.GET('/api/problems', { params: { query } })), refetchInterval: idleRefreshMs });
}

export const peopleQuery = queryOptions({ queryKey: ['people'], queryFn: () => expectAnswer(api.GET('/api/people')) });

export const passkeysQuery = queryOptions({ queryKey: ['passkeys'], queryFn: () => expectAnswer(api.GET('/api/me/passkeys')) });

export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: () => expectAnswer(api.GET('/api/me/sessions')) });
