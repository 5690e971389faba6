import { useQuery } from '@tanstack/react-query';
import { connectionsQuery } from '../api/queries.ts';
import { Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { ConnectionCard } from './connection-card.tsx';
import styles from './connections-page.module.css';

export function ConnectionsPage() {
  const query = useQuery(connectionsQuery);
  return (
    <Page
      title="Connections"
      lead="The CRMs and ERPs that Fairway is connected to: their state, how fresh their data is, and how much of their call limits is used."
    >
      <QueryView query={query} rows={8}>
        {({ connections }) =>
          connections.length === 0 ? (
            <EmptyState title="No connection yet">
              Connect a CRM or a folder of invoices on the machine Fairway runs on:{' '}
              <code>npm run fairway -- connect salesforce</code>, <code>connect hubspot</code> or{' '}
              <code>connect files</code>.
            </EmptyState>
          ) : (
            <div className={styles.cards}>
              {connections.map((connection) => (
                <ConnectionCard key={connection.id} connection={connection} />
              ))}
            </div>
          )
        }
      </QueryView>
    </Page>
  );
}
