import type { Run } from '../api/types.ts';
import { countText, durationText } from '../format.ts';
import { Card } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { EmptyState } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import { systemNames } from '../words.ts';
import styles from './last-run.module.css';

const triggers = { start: 'at start-up', person: 'started by a person', schedule: 'scheduled' } as const;

/** The numbers of the last finished run. */
export function LastRun({ run }: { readonly run: Run | null }) {
  if (run === null) {
    return (
      <Card title="Last run">
        <EmptyState title="Fairway has not run yet">
          A run reads the CRMs and the ERP, decides, and writes back. Press “Run now” to start the first.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card
      title="Last run"
      aside={
        <span className={styles.aside}>
          <span className="dim">
            {triggers[run.trigger]}, <When at={run.finishedAt ?? run.startedAt} />
          </span>
          <Pill tone={run.status === 'done' ? 'good' : 'bad'}>
            {run.status === 'done' ? 'Done' : 'Failed'}
          </Pill>
        </span>
      }
      flush
    >
      {run.error !== null && (
        <p className={styles.error} role="alert">
          {run.error}
        </p>
      )}
      {run.summary?.attention.map((text) => (
        <p key={text} className={styles.error} role="alert">
          {text}
        </p>
      ))}
      {typeof run.summary?.clocks === 'string' && (
        <p className={styles.error} role="alert">
          {run.summary.clocks}
        </p>
      )}
      {run.summary && <Numbers summary={run.summary} />}
    </Card>
  );
}

function Numbers({ summary }: { readonly summary: NonNullable<Run['summary']> }) {
  const { pulled, registrations, written, calls } = summary;
  const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      'Read, new or changed',
      [
        ['Accounts', countText(pulled.accounts)],
        ['Opportunities', countText(pulled.opportunities)],
        ['Registrations', countText(pulled.registrations)],
        ['Invoices', countText(pulled.invoices)],
      ],
    ],
    [
      'Registrations now',
      [
        ['Approved', countText(registrations.approved)],
        ['Information needed', countText(registrations.informationNeeded)],
        ['In review', countText(registrations.inReview)],
        ['Rejected', countText(registrations.rejected)],
        ['Conflict cases', countText(summary.conflicts)],
      ],
    ],
    [
      'Written back',
      [
        ...systemCounts(written),
        ['Accruals', countText(summary.accruals)],
        ['Payout items', countText(summary.payouts)],
      ],
    ],
    [
      'Calls and problems',
      [
        ...systemCounts(calls, ' calls'),
        ['Problems', countText(summary.problems)],
        ['Duration', durationText(summary.durationMs)],
      ],
    ],
  ];
  return (
    <div className={styles.groups}>
      {groups.map(([title, numbers]) => (
        <div key={title}>
          <h3>{title}</h3>
          <dl>
            {numbers.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="num">{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </div>
  );
}

/** One row for each kind of CRM. */
function systemCounts(counts: Readonly<Record<string, number>>, unit = ''): [string, string][] {
  return Object.entries(counts).map(([kind, count]) => [
    `${systemNames[kind] ?? kind}${unit}`,
    countText(count),
  ]);
}
