import type { ReactNode } from 'react';
import { countText, percentText, periodText } from '../format.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import type { Estimate, MatchQuality } from './match-quality-queries.ts';
import styles from './month-table.module.css';

type Month = MatchQuality['months'][number];

/** One row per month: precision of the alerts, and missed matches. */
export function MonthTable({ quality }: { readonly quality: MatchQuality }) {
  return (
    <DataTable
      label="Match quality by month"
      columns={columns}
      rows={quality.months}
      rowKey={({ month }) => month}
    />
  );
}

const columns: readonly Column<Month>[] = [
  { id: 'month', header: 'Month', cell: ({ month }) => periodText(month) },
  { id: 'alerts', header: 'Alerts', align: 'right', cell: ({ alerts }) => <Count count={alerts} /> },
  {
    id: 'answered-alerts',
    header: 'Answered',
    align: 'right',
    cell: ({ answeredAlerts }) => <Count count={answeredAlerts} />,
  },
  { id: 'precision', header: 'Right', align: 'right', cell: ({ precision }) => <Share of={precision} /> },
  {
    id: 'answered',
    header: 'Clear cases checked',
    align: 'right',
    cell: ({ answeredClear, sampledClear }) => (
      <span className="num">
        {countText(answeredClear)} of {countText(sampledClear)}
      </span>
    ),
  },
  {
    id: 'missed',
    header: 'Missed (estimate)',
    align: 'right',
    cell: ({ missed }) => (missed === null ? tooFew : <Count count={Math.round(missed)} />),
  },
  { id: 'recall', header: 'Recall', align: 'right', cell: ({ recall }) => <Share of={recall} /> },
  {
    id: 'calibration',
    header: 'Calibration error',
    align: 'right',
    cell: ({ calibration }) =>
      calibration === null ? tooFew : <span className="num">{calibration.error.toFixed(3)}</span>,
  },
];

const tooFew: ReactNode = <span className={styles.few}>not enough answers yet</span>;

function Count({ count }: { readonly count: number }) {
  return <span className="num">{countText(count)}</span>;
}

/** A share with its 95 % interval. */
function Share({ of }: { readonly of: Estimate | null }) {
  if (of === null) return tooFew;
  return (
    <span className="num">
      {percentText(of.value, 1)}
      <span className={styles.between}>
        {percentText(of.low, 1)} to {percentText(of.high, 1)}
      </span>
    </span>
  );
}
