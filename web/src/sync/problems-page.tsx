import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { connectionsQuery, problemsQuery } from '../api/queries.ts';
import { changedParams } from '../ui/changed-params.ts';
import { Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { Tabs } from '../ui/layout/tabs.tsx';
import { ProblemCard } from './problem-card.tsx';
import styles from './problems-page.module.css';

export function ProblemsPage() {
  const [params, setParams] = useSearchParams();
  const status = params.get('status') === 'resolved' ? 'resolved' : 'open';
  const connection = params.get('connection');
  const query = useQuery(problemsQuery(status, connection));
  const connections = useQuery(connectionsQuery).data?.connections ?? [];
  const change = (name: string, value: string | null) =>
    setParams((old) => changedParams(old, { [name]: value }), { replace: true });
  return (
    <Page
      title="Problems"
      lead="Records that could not be read, mapped or written, by cause, with the vendor’s answer and what to do. A problem is resolved automatically when the record succeeds."
    >
      <Tabs
        label="Problems by state"
        tabs={[
          { value: 'open', label: 'Open' },
          { value: 'resolved', label: 'Resolved' },
        ]}
        value={status}
        onChange={(value) => change('status', value)}
      >
        <div className={styles.tools}>
          <Select
            aria-label="Connection"
            placeholder="All connections"
            clearable
            clearButtonProps={{ 'aria-label': 'All connections' }}
            data={connections.map((one) => ({ value: one.id, label: one.name }))}
            value={connection}
            onChange={(value) => change('connection', value)}
            w={240}
          />
        </div>
        <QueryView query={query} rows={6}>
          {({ groups }) =>
            groups.length === 0 ? (
              status === 'open' ? (
                <EmptyState title="No open problems">Every record was read, mapped and written.</EmptyState>
              ) : (
                <EmptyState title="Nothing resolved yet">
                  Problems move here when their record succeeds.
                </EmptyState>
              )
            ) : (
              <div className={styles.groups}>
                {groups.map((group) => (
                  <ProblemCard
                    key={`${group.source}-${group.connectionId}-${group.object}-${group.code}`}
                    group={group}
                  />
                ))}
              </div>
            )
          }
        </QueryView>
      </Tabs>
    </Page>
  );
}
