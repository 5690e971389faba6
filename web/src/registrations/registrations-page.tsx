import { Button, Kbd, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { type RegistrationSearch, registrationsQuery } from '../api/queries.ts';
import type { ListedRegistration, RegistrationPage as Listing } from '../api/types.ts';
import { countText, dayText, overdueText, stampText } from '../format.ts';
import { changedParams } from '../ui/changed-params.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { MoneyText } from '../ui/money.tsx';
import { Card, Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { Tabs } from '../ui/layout/tabs.tsx';
import { When } from '../ui/when.tsx';
import { registrationStatus } from '../words.ts';
import { stateNames } from './lifecycle/lifecycle-words.ts';
import styles from './registrations-page.module.css';

const tabs = [
  'waiting',
  'information_needed',
  'approved',
  'rejected',
  'expired',
  'withdrawn',
  'all',
] as const;
type Tab = (typeof tabs)[number];
const tabNames: Readonly<Record<Tab, string>> = {
  waiting: 'Waiting',
  information_needed: 'Information needed',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  withdrawn: 'Withdrawn',
  all: 'All',
};
/** The end of the sentence for a tab without registrations. */
const emptyTabEnds: Readonly<Record<Exclude<Tab, 'all'>, string>> = {
  waiting: 'waiting.',
  information_needed: 'sent back to the partner for information, such as the name of the customer.',
  approved: 'approved.',
  rejected: 'rejected.',
  expired: 'expired.',
  withdrawn: 'withdrawn.',
};
const sorts = [
  { value: 'oldest', label: 'Oldest first' },
  { value: 'newest', label: 'Newest first' },
  { value: 'score', label: 'Strongest match first' },
] as const;
const searchPauseMs = 250;

/**
 * The queue. Tab, search and order are in the address, so that a view can be shared and survives the Back
 * button.
 */
export function RegistrationsPage() {
  const [params, setParams] = useSearchParams();
  const tab = tabs.find((one) => one === params.get('status')) ?? 'waiting';
  const sort = sorts.find((one) => one.value === params.get('sort'))?.value ?? 'oldest';
  const cursor = params.get('cursor');
  const search = params.get('search') ?? '';
  const [typed, setTyped] = useState(search);
  const change = (changes: Record<string, string>) =>
    setParams((old) => changedParams(old, { cursor: '', ...changes }), { replace: true });
  const searchSoon = useDebouncedCallback((text: string) => change({ search: text.trim() }), searchPauseMs);

  const status: RegistrationSearch['status'] = tab === 'all' ? undefined : tab;
  const query = useQuery({
    ...registrationsQuery({ status, search, sort }, cursor),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Registrations"
      lead="Deals that partners registered. The rules of engagement decide the clear ones; the others wait here for you."
    >
      <Tabs
        label="Registrations by status"
        tabs={tabs.map((one) => ({
          value: one,
          label: tabNames[one],
          count: query.data && tabCount(one, query.data),
        }))}
        value={tab}
        onChange={(status) => change({ status })}
      >
        <div className={styles.tools}>
          <TextInput
            className={styles.search ?? ''}
            leftSection={<IconSearch size={16} stroke={1.8} />}
            placeholder="Number, partner, customer or domain"
            aria-label="Search registrations"
            value={typed}
            onChange={({ currentTarget: { value } }) => {
              setTyped(value);
              searchSoon(value);
            }}
          />
          <Select
            aria-label="Order"
            data={[...sorts]}
            value={sort}
            allowDeselect={false}
            onChange={(value) => change({ sort: value ?? 'oldest' })}
            w={190}
          />
          <span className={styles.keys}>
            <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> move, <Kbd size="xs">Enter</Kbd> opens
          </span>
        </div>
        {/* A delayed search must not navigate back after a row was opened. */}
        <div onClickCapture={() => searchSoon.cancel()}>
          <Card flush>
            <QueryView query={query} rows={8}>
              {(page) => (
                <Results
                  page={page}
                  tab={tab}
                  searching={search !== ''}
                  firstPage={cursor === null}
                  onPage={(next) => setParams((old) => changedParams(old, { cursor: next }))}
                />
              )}
            </QueryView>
          </Card>
        </div>
      </Tabs>
    </Page>
  );
}

interface ResultsProps {
  readonly page: Listing;
  readonly tab: Tab;
  readonly searching: boolean;
  readonly firstPage: boolean;
  readonly onPage: (cursor: string) => void;
}

function Results({ page, tab, searching, firstPage, onPage }: ResultsProps) {
  if (page.registrations.length === 0) {
    if (searching)
      return (
        <EmptyState title="No registration matches">
          Try part of the number, the partner, the customer or its domain, or look under All.
        </EmptyState>
      );
    if (tab === 'waiting')
      return (
        <EmptyState title="No registrations wait for you">
          Every registration has an answer. New ones appear after the next run.
        </EmptyState>
      );
    return (
      <EmptyState title="None here">
        Registrations are shown here when they are{' '}
        {tab === 'all' ? 'read from a CRM. Connect one and start a run.' : emptyTabEnds[tab]}
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Registrations"
      columns={columns}
      rows={page.registrations}
      rowKey={(row) => row.id}
      linkTo={(row) => `/registrations/${row.id}`}
      footer={
        (page.nextCursor !== null || !firstPage) && (
          <div className={styles.pager}>
            {!firstPage && (
              <Button variant="default" onClick={() => onPage('')}>
                First page
              </Button>
            )}
            {page.nextCursor !== null && (
              <Button variant="default" onClick={() => onPage(page.nextCursor ?? '')}>
                Next page
              </Button>
            )}
          </div>
        )
      }
    />
  );
}

const columns: readonly Column<ListedRegistration>[] = [
  { id: 'number', header: 'Number', cell: (row) => <span className="num">{row.number}</span> },
  {
    id: 'partner',
    header: 'Partner',
    cell: (row) => <div className="clip">{row.partnerName}</div>,
    maxWidth: 140,
  },
  {
    id: 'customer',
    header: 'Customer',
    maxWidth: 170,
    cell: (row) => (
      <div className="clip">
        {row.customerName}
        {row.customerDomain !== null && <div className="dim small clip">{row.customerDomain}</div>}
      </div>
    ),
  },
  { id: 'amount', header: 'Amount', align: 'right', cell: (row) => <MoneyText money={row.amount} /> },
  {
    id: 'status',
    header: 'Status',
    maxWidth: 150,
    cell: (row) => {
      const { tone, label } = row.state === null ? registrationStatus[row.status] : stateNames[row.state];
      return (
        <div className="clip">
          <Pill tone={tone}>{label}</Pill>
          {row.nextDecider !== null && (
            <div className="dim small clip" title={`${row.nextDecider} decides next`}>
              {row.nextDecider}
            </div>
          )}
        </div>
      );
    },
  },
  {
    id: 'score',
    header: 'Match',
    align: 'right',
    secondary: true,
    cell: (row) =>
      row.conflictScore ? <span className="num">{row.conflictScore}</span> : <span className="dim">—</span>,
  },
  { id: 'submitted', header: 'Submitted', secondary: true, cell: (row) => <When at={row.submittedAt} /> },
  { id: 'answer', header: 'Answer', cell: (row) => <AnswerCell row={row} /> },
];

function AnswerCell({ row }: { readonly row: ListedRegistration }) {
  if (row.overdue && row.answerDueAt !== null)
    return (
      <div className={`${styles.answer} ${styles.late}`} title={`was due ${stampText(row.answerDueAt)}`}>
        {overdueText(row.answerDueAt)}
      </div>
    );
  if (isWaiting(row) && row.answerDueAt !== null)
    return <div className={styles.answer}>due {stampText(row.answerDueAt)}</div>;
  if (row.status === 'approved' && row.protectedUntil !== null)
    return <div className={styles.answer}>protected until {dayText(row.protectedUntil)}</div>;
  return <span className="dim">—</span>;
}

function isWaiting({ status, state }: ListedRegistration): boolean {
  return status === 'submitted' || status === 'in_review' || state === 'appealed';
}

function tabCount(tab: Tab, { counts, waiting }: Listing): string {
  if (tab === 'waiting') return countText(waiting);
  if (tab === 'all') return countText(Object.values(counts).reduce((sum, count) => sum + count, 0));
  return countText(counts[tab]);
}
