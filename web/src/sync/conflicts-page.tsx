import { Button, Kbd, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useSearchParams } from 'react-router';
import { conflictsQuery, connectionsQuery } from '../api/queries.ts';
import { countText } from '../format.ts';
import { changedParams } from '../ui/changed-params.ts';
import { Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { Tabs } from '../ui/layout/tabs.tsx';
import { ConflictItem } from './conflict-item.tsx';
import styles from './conflicts-page.module.css';
import { useItemKeys } from './use-item-keys.ts';

/** Fields that both sides changed: open conflicts for a person, and settled ones. */
export function ConflictsPage() {
  const [params, setParams] = useSearchParams();
  const status = params.get('status') === 'settled' ? 'settled' : 'open';
  const connection = params.get('connection');
  const cursor = params.get('cursor');
  const query = useQuery({
    ...conflictsQuery(status, connection, cursor),
    placeholderData: keepPreviousData,
  });
  const connections =
    useQuery(connectionsQuery).data?.connections.filter((one) => one.kind !== 'files') ?? [];
  const list = useRef<HTMLUListElement>(null);
  useItemKeys(list);
  const change = (changes: Readonly<Record<string, string | null>>) =>
    setParams((old) => changedParams(old, changes), { replace: true });
  return (
    <Page
      title="Conflicts"
      lead="Fields that were changed to different values in the CRM and in Fairway. Where the mapping leaves it to a person, neither side changes until you decide."
    >
      <Tabs
        label="Conflicts by state"
        tabs={[
          { value: 'open', label: 'Open', count: query.data && countText(query.data.open) },
          { value: 'settled', label: 'Settled' },
        ]}
        value={status}
        onChange={(value) => change({ status: value, cursor: null })}
      >
        <div className={styles.tools}>
          <Select
            aria-label="Connection"
            placeholder="All connections"
            clearable
            clearButtonProps={{ 'aria-label': 'All connections' }}
            data={connections.map((one) => ({ value: one.id, label: one.name }))}
            value={connection}
            onChange={(value) => change({ connection: value, cursor: null })}
            w={240}
          />
          {status === 'open' && (
            <span className={styles.keys}>
              <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> move, <Kbd size="xs">c</Kbd> keeps the CRM’s,{' '}
              <Kbd size="xs">f</Kbd> keeps Fairway’s
            </span>
          )}
        </div>
        <QueryView query={query} rows={6}>
          {(page) =>
            page.conflicts.length === 0 ? (
              <Nothing status={status} />
            ) : (
              <>
                <ul className={styles.list} ref={list}>
                  {page.conflicts.map((conflict) => (
                    <ConflictItem key={conflict.id} conflict={conflict} />
                  ))}
                </ul>
                <div className={styles.pager}>
                  {cursor !== null && (
                    <Button variant="default" mt="md" onClick={() => change({ cursor: null })}>
                      First page
                    </Button>
                  )}
                  {page.nextCursor !== null && (
                    <Button variant="default" mt="md" onClick={() => change({ cursor: page.nextCursor })}>
                      Next page
                    </Button>
                  )}
                </div>
              </>
            )
          }
        </QueryView>
      </Tabs>
    </Page>
  );
}

function Nothing({ status }: { readonly status: 'open' | 'settled' }) {
  if (status === 'open')
    return (
      <EmptyState title="No open conflicts">
        Conflicts the policies settled are under Settled, with the values of both sides.
      </EmptyState>
    );
  return (
    <EmptyState title="No conflict yet">
      No field has been changed to different values on both sides.
    </EmptyState>
  );
}
