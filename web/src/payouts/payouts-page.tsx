import { useQuery } from '@tanstack/react-query';
import { payoutsQuery } from '../api/queries.ts';
import type { PayoutBatch } from '../api/types.ts';
import { countText, periodText } from '../format.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { MoneyText } from '../ui/money.tsx';
import { Card, Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import { ClosedPeriodCard } from './closed-period-card.tsx';
import { batchStatus } from '../words.ts';

export function PayoutsPage() {
  const query = useQuery(payoutsQuery);
  return (
    <Page
      title="Payouts"
      lead="What partners have earned and will be paid, one batch for each month and currency. Every batch needs two people: one submits it, another approves it."
    >
      <Card flush>
        <QueryView query={query} rows={6}>
          {({ batches }) =>
            batches.length === 0 ? (
              <EmptyState title="No payout batch yet">
                Fairway drafts a batch when a month is closed in which partners earned something on paid
                invoices.
              </EmptyState>
            ) : (
              <DataTable
                label="Payout batches"
                columns={columns}
                rows={batches}
                rowKey={(row) => row.id}
                linkTo={(row) => `/payouts/${row.id}`}
              />
            )
          }
        </QueryView>
      </Card>
      <ClosedPeriodCard />
    </Page>
  );
}

const columns: readonly Column<PayoutBatch>[] = [
  { id: 'key', header: 'Batch', cell: (row) => <span className="num">{row.key}</span> },
  { id: 'period', header: 'Period', cell: (row) => periodText(row.period), sortBy: (row) => row.period },
  {
    id: 'items',
    header: 'Partners',
    align: 'right',
    cell: (row) => <span className="num">{countText(row.itemCount)}</span>,
    sortBy: (row) => row.itemCount,
  },
  {
    id: 'total',
    header: 'Total',
    align: 'right',
    cell: (row) => <MoneyText money={row.total} />,
    sortBy: (row) => Number(row.total.amount),
  },
  {
    id: 'status',
    header: 'Status',
    cell: (row) => <Pill tone={batchStatus[row.status].tone}>{batchStatus[row.status].label}</Pill>,
  },
  {
    id: 'submitted',
    header: 'Submitted by',
    cell: (row) => row.submittedBy ?? <span className="dim">—</span>,
  },
  { id: 'approved', header: 'Approved by', cell: (row) => row.approvedBy ?? <span className="dim">—</span> },
  { id: 'exported', header: 'Exported', cell: (row) => <When at={row.exportedAt} empty="—" /> },
];
