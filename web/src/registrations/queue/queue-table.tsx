import { Button } from '@mantine/core';
import type { ListedRegistration, RegistrationPage as Listing } from '../../api/types.ts';
import { dayText, overdueText, stampText } from '../../format.ts';
import { type Column, DataTable, type RowSelection } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/layout/states.tsx';
import { MoneyText } from '../../ui/money.tsx';
import { Pill } from '../../ui/pill.tsx';
import { When } from '../../ui/when.tsx';
import { registrationStatus } from '../../words.ts';
import { eventText, stateNames } from '../lifecycle/lifecycle-words.ts';
import type { Tab } from './queue-address.ts';
import styles from './registrations-page.module.css';

/** The end of the sentence for a tab without registrations. */
const emptyTabEnds: Readonly<Record<Exclude<Tab, 'all'>, string>> = {
  waiting: 'waiting.',
  information_needed: 'sent back to the partner for information, such as the name of the customer.',
  approved: 'approved.',
  rejected: 'rejected.',
  expired: 'expired.',
  withdrawn: 'withdrawn.',
};
interface QueueTableProps {
  readonly page: Listing;
  readonly tab: Tab;
  readonly searching: boolean;
  readonly firstPage: boolean;
  readonly selection: RowSelection<ListedRegistration> | undefined;
  readonly onPage: (cursor: string) => void;
}

/** One page of the queue. */
export function QueueTable({ page, tab, searching, firstPage, selection, onPage }: QueueTableProps) {
  if (page.registrations.length === 0) {
    if (searching)
      return (
        <EmptyState title="No registration matches">
          Remove a filter, try part of the number, the partner, the customer or its domain, or look under All.
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
      selection={selection}
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
          {row.deferred !== null && (
            <div className="small clip" title={`${row.deferred.by} can still undo it`}>
              {row.deferred.by} {eventText(row.deferred.move)}
            </div>
          )}
          {row.notApplied && <div className="small clip">a decision was not applied</div>}
          {row.deferred === null && row.nextDecider !== null && (
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
