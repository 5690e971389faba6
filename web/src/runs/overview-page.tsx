import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { overviewQuery } from '../api/queries.ts';
import type { Overview } from '../api/types.ts';
import { countText, moneyText, periodText, plural } from '../format.ts';
import { ActivityList } from '../ui/activity-list.tsx';
import { Card, Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import { connectionState, systemNames } from '../words.ts';
import { LastRun } from './last-run.tsx';
import styles from './overview-page.module.css';
import { PromiseTile, Tile } from './tiles.tsx';
import { RunNowButton } from './run-now-button.tsx';
import { RunProgress } from './run-progress.tsx';

export function OverviewPage() {
  const query = useQuery(overviewQuery);
  return (
    <Page
      title="Overview"
      lead="Registrations that wait for an answer, the last run, and the state of the connections."
      actions={<RunNowButton running={query.data?.running != null} />}
    >
      <QueryView query={query} rows={9}>
        {(overview) => <Content overview={overview} />}
      </QueryView>
    </Page>
  );
}

function Content({ overview }: { readonly overview: Overview }) {
  const submitted = overview.batches.filter((batch) => batch.status === 'submitted').length;
  return (
    <div className={styles.stack}>
      {overview.running && <RunProgress run={overview.running} />}
      <div className={styles.tiles}>
        <PromiseTile registrations={overview.registrations} />
        <Tile
          to="/problems"
          label="Open problems"
          value={countText(overview.problems.records)}
          tone={overview.problems.records > 0 ? 'warn' : undefined}
        >
          {overview.problems.records === 0
            ? 'All records are read, mapped and written'
            : `from ${plural(overview.problems.causes, 'cause')}`}
        </Tile>
        <Tile
          to="/payouts"
          label={`Accrued in ${periodText(overview.period)}`}
          value={overview.accrued[0] ? moneyText(overview.accrued[0]) : 'Nothing yet'}
        >
          {overview.accrued.length > 1
            ? overview.accrued.slice(1).map(moneyText).join(' · ')
            : overview.accrued.length === 1
              ? 'earned by partners, not paid out yet'
              : 'from invoices paid this month'}
        </Tile>
        <Tile
          to="/payouts"
          label="Payout batches open"
          value={countText(overview.batches.length)}
          tone={submitted > 0 ? 'warn' : undefined}
        >
          {submitted > 0 ? `${countText(submitted)} waiting for approval` : 'none waiting for approval'}
        </Tile>
      </div>
      <div className={styles.columns}>
        <LastRun run={overview.lastRun} />
        <Connections connections={overview.connections} />
      </div>
      <Card title="Recent activity" flush>
        {overview.activity.length === 0 ? (
          <EmptyState title="No activity yet">
            Decisions, payout steps and changes will be shown here with the person who made them.
          </EmptyState>
        ) : (
          <ActivityList activity={overview.activity} />
        )}
      </Card>
    </div>
  );
}

function Connections({ connections }: { readonly connections: Overview['connections'] }) {
  return (
    <Card title="Connections" aside={<Link to="/connections">All connections</Link>} flush>
      {connections.length === 0 ? (
        <EmptyState title="No connection yet">
          Connect a CRM with <code>npm run fairway -- connect salesforce</code> or{' '}
          <code>connect hubspot</code>.
        </EmptyState>
      ) : (
        <ul className={styles.connections}>
          {connections.map((one) => (
            <li key={one.id}>
              <div>
                <strong>
                  <Link to={`/connections/${one.id}`}>{one.name}</Link>
                </strong>
                <div className="dim small">
                  {systemNames[one.kind]} · checked <When at={one.checkedAt} />
                </div>
                {one.failure && <div className={styles.failure}>{one.failure.fix}</div>}
              </div>
              <Pill tone={connectionState(one).tone}>{connectionState(one).label}</Pill>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
