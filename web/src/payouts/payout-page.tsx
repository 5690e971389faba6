import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { payoutQuery } from '../api/queries.ts';
import type { PayoutDetail } from '../api/types.ts';
import { moneyText, periodText, plural, stampText } from '../format.ts';
import { useMay } from '../shell/session.ts';
import { Card, Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { batchStatus } from '../words.ts';
import { BatchActions } from './batch-actions.tsx';
import { ItemList } from './item-list.tsx';
import styles from './payout-page.module.css';

const parent = { to: '/payouts', label: 'Payouts' };

/** One batch: partners, amounts and the invoices behind them. */
export function PayoutPage() {
  const { id = '' } = useParams();
  const query = useQuery(payoutQuery(id));
  const batch = query.data;
  return (
    <Page
      parent={parent}
      title={batch ? `Payout ${batch.key}` : 'Payout'}
      mark={batch && <Pill tone={batchStatus[batch.status].tone}>{batchStatus[batch.status].label}</Pill>}
      lead={
        batch &&
        `${periodText(batch.period)}: ${moneyText(batch.total)} to ${plural(batch.itemCount, 'partner')}`
      }
      actions={batch && <DownloadButton batch={batch} />}
    >
      <QueryView query={query} rows={8}>
        {(data) => (
          <div className={styles.columns}>
            <Card title="Partners" aside={<strong className="num">{moneyText(data.total)}</strong>} flush>
              {data.items.length === 0 ? (
                <EmptyState title="This batch pays no partner">
                  Its items were removed after it was drafted.
                </EmptyState>
              ) : (
                <ItemList batch={data} />
              )}
            </Card>
            <div className={styles.side}>
              <BatchActions key={data.status} batch={data} />
              <Trail batch={data} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function DownloadButton({ batch }: { readonly batch: PayoutDetail }) {
  if (!useMay('download_payouts')) return null;
  return (
    <Button
      component="a"
      href={`/api/payouts/${batch.id}/csv`}
      download
      variant="default"
      leftSection={<IconDownload size={16} stroke={1.8} />}
    >
      Download CSV
    </Button>
  );
}

/** The people who submitted, approved and exported the batch, with times. */
function Trail({ batch }: { readonly batch: PayoutDetail }) {
  const steps: readonly (readonly [string, string | null, string | null])[] = [
    ['Drafted', 'Fairway', batch.createdAt],
    ['Submitted', batch.submittedBy, batch.submittedAt],
    ['Approved', batch.approvedBy, batch.approvedAt],
    ['Exported', null, batch.exportedAt],
    ['File in finance’s folder', null, batch.fileWrittenAt],
  ];
  return (
    <Card title="Steps">
      <ol className={styles.trail}>
        {steps.map(([name, who, at]) => (
          <li key={name} data-done={at !== null || undefined}>
            <span>
              {name}
              {who !== null && <span className="dim"> by {who}</span>}
            </span>
            <span className="dim small">{at === null ? 'not yet' : stampText(at)}</span>
          </li>
        ))}
      </ol>
      <p className={styles.hash}>
        Checksum <code title={batch.contentHash}>{batch.contentHash.slice(0, 12)}</code> – any change voids
        the approval.
      </p>
    </Card>
  );
}
