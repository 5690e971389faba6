import type { RegistrationSearch } from '../../api/queries.ts';

export const tabs = [
  'waiting',
  'information_needed',
  'approved',
  'rejected',
  'expired',
  'withdrawn',
  'all',
] as const;
export type Tab = (typeof tabs)[number];

export const sorts = [
  { value: 'due', label: 'Answer due first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'newest', label: 'Newest first' },
  { value: 'score', label: 'Strongest match first' },
] as const;

export interface QueueView extends RegistrationSearch {
  readonly tab: Tab;
  /** Null on the first page. */
  readonly cursor: string | null;
}

/** The view of the queue that an address names. What it does not know is as if it was left out. */
export function queueView(params: URLSearchParams): QueueView {
  const tab = tabs.find((one) => one === params.get('status')) ?? 'waiting';
  return {
    tab,
    status: tab === 'all' ? undefined : tab,
    search: params.get('search') ?? '',
    sort: sorts.find((one) => one.value === params.get('sort'))?.value ?? 'due',
    decider: params.get('decider') === 'me' ? 'me' : undefined,
    answer: params.get('answer') === 'late' ? 'late' : undefined,
    cursor: params.get('cursor'),
  };
}

/** The address of the CSV file with what a view shows, on all its pages. */
export function csvAddress({ status, search, decider, answer }: QueueView): string {
  const named = Object.entries({ status, search, decider, answer }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return `/api/registrations/csv?${new URLSearchParams(named)}`;
}
