import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { payoutLinesQuery } from '../api/queries.ts';
import type { PayoutDetail, PayoutItem, PayoutLine } from '../api/types.ts';
import { amountText, dayText, periodText, plural } from '../format.ts';
import { MoneyText } from '../ui/money.tsx';
import { QueryView } from '../ui/layout/states.tsx';
import { plain, sentence } from '../words.ts';
import styles from './item-list.module.css';

/** The partners of a batch; each expands to its ledger entries. */
export function ItemList({ batch }: { readonly batch: PayoutDetail }) {
  return (
    <ul className={styles.items}>
      {batch.items.map((item) => (
        <Item key={item.id} batchId={batch.id} item={item} />
      ))}
    </ul>
  );
}

function Item({ batchId, item }: { readonly batchId: string; readonly item: PayoutItem }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button type="button" className={styles.item} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight className={styles.chevron ?? ''} size={16} stroke={2} />
        <span className={styles.partner}>
          {item.partnerName}
          <span className="dim small"> {item.partnerCode}</span>
        </span>
        <span className={styles.lines}>{plural(item.lineCount, 'line')}</span>
        <strong>
          <MoneyText money={item.amount} />
        </strong>
      </button>
      {open && <Lines batchId={batchId} itemId={item.id} />}
    </li>
  );
}

function Lines({ batchId, itemId }: { readonly batchId: string; readonly itemId: string }) {
  const query = useQuery(payoutLinesQuery(batchId, itemId));
  return (
    <QueryView query={query} rows={3}>
      {({ lines, complete }) => (
        <div className={styles.detail}>
          <ul>
            {lines.map((line) => (
              <li key={line.id}>
                <span>
                  <TraceText line={line} />
                  <span className={styles.about}>
                    {[
                      line.customerName,
                      line.documentPaidOn && `paid ${dayText(line.documentPaidOn)}`,
                      line.reason === 'accrual' ? null : sentence(plain(line.reason)),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                <MoneyText money={line.amount} />
              </li>
            ))}
          </ul>
          {!complete && <p className="dim small">The first {lines.length} lines are shown.</p>}
        </div>
      )}
    </QueryView>
  );
}

/**
 * "invoice INV-1 1,000.00 × 7.5 % (Silver, assessed for September 2026)": enough to check the amount by hand.
 */
function TraceText({ line }: { readonly line: PayoutLine }) {
  if (line.trace === null) return <span>{sentence(plain(line.component))}</span>;
  const { document, basis, rate, tier, tierAsOf } = line.trace;
  return (
    <span className="num">
      {line.documentKind && plain(line.documentKind)} {document} {amountText(basis.amount)} × {rate}{' '}
      <span className="dim">
        ({tier}, assessed for {periodText(tierAsOf.slice(0, 7))})
      </span>
    </span>
  );
}
