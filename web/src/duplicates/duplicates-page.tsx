import { Button, Select } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api, expectAnswer } from '../api/client.ts';
import { countText, plural } from '../format.ts';
import { ProgressLine } from '../mappings/progress-line.tsx';
import { useMay } from '../shell/session.ts';
import { Callout } from '../ui/layout/callout.tsx';
import { changedParams } from '../ui/changed-params.ts';
import { Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { Tabs } from '../ui/layout/tabs.tsx';
import { showFailure } from '../ui/layout/toast.tsx';
import { When } from '../ui/when.tsx';
import { type Duplicates, duplicatesQuery } from './duplicate-queries.ts';
import styles from './duplicates-page.module.css';
import { GroupCard } from './group-card.tsx';
import { DismissedPairsList } from './dismissed-pairs-list.tsx';

/**
 * Accounts of one CRM that look like the same customer, with the suggested survivor. People merge in the CRM.
 */
export function DuplicatesPage() {
  const [params, setParams] = useSearchParams();
  const after = Number(params.get('after') ?? 0) || 0;
  const query = useQuery(duplicatesQuery(params.get('connection'), after));
  const data = query.data;
  const change = (changes: Readonly<Record<string, string | null>>) =>
    setParams((old) => changedParams(old, changes), { replace: true });
  return (
    <Page
      title="Duplicate accounts"
      lead="Accounts that look like the same customer. Fairway only suggests; you merge in the CRM."
      actions={data?.connectionId && <Actions data={data} connectionId={data.connectionId} />}
    >
      <QueryView query={query} rows={8}>
        {(shown) => (
          <>
            {shown.connections.length > 1 && (
              <Select
                aria-label="Connection"
                allowDeselect={false}
                data={shown.connections.map(({ id, name }) => ({ value: id, label: name }))}
                value={shown.connectionId}
                onChange={(value) => change({ connection: value, after: null })}
                w={240}
                mb="md"
              />
            )}
            <State data={shown} />
            {shown.connectionId !== null && (
              <Tabs
                label="Duplicates by state"
                tabs={[
                  { value: 'suggested', label: 'Suggested' },
                  { value: 'told-apart', label: 'Marked as different' },
                ]}
                value={params.get('show') === 'told-apart' ? 'told-apart' : 'suggested'}
                onChange={(value) => change({ show: value })}
              >
                {params.get('show') === 'told-apart' ? (
                  <DismissedPairsList connection={shown.connectionId} />
                ) : (
                  <Groups data={shown} after={after} go={(next) => change({ after: next })} />
                )}
              </Tabs>
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Actions({ data, connectionId }: { readonly data: Duplicates; readonly connectionId: string }) {
  const mayStart = useMay('manage_connections');
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/duplicates/start', { body: { connection: connectionId, includeRelated: false } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['duplicates'] }),
    onError: showFailure,
  });
  return (
    <>
      {data.report !== null && (
        <Button
          component="a"
          href={`/api/duplicates/csv?connection=${connectionId}`}
          download
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.8} />}
        >
          Download CSV
        </Button>
      )}
      {mayStart && (
        <Button loading={start.isPending} disabled={data.running} onClick={() => start.mutate()}>
          {data.report === null ? 'Scan for duplicates' : 'Scan again'}
        </Button>
      )}
    </>
  );
}

function State({ data }: { readonly data: Duplicates }) {
  const { running, progress, error, report } = data;
  return (
    <>
      {running && <ProgressLine progress={progress} fallback="Waiting for a worker" />}
      {error !== null && (
        <Callout tone="bad" title="The last scan stopped">
          <p>{error} Scanning again continues where it stopped.</p>
        </Callout>
      )}
      {report && (
        <p className={styles.summary}>
          Of {plural(report.accounts, 'account')}, <strong>{countText(report.redundantAccounts)}</strong>{' '}
          {report.redundantAccounts === 1 ? 'repeats' : 'repeat'} another, in {plural(report.groups, 'group')}
          .
          {report.finishedAt !== null && (
            <span className="dim">
              {' '}
              Scanned <When at={report.finishedAt} />.
            </span>
          )}
        </p>
      )}
    </>
  );
}

interface GroupsProps {
  readonly data: Duplicates;
  readonly after: number;
  readonly go: (after: string | null) => void;
}

function Groups({ data, after, go }: GroupsProps) {
  if (data.report === null)
    return (
      <EmptyState title="Not scanned yet">The scan runs inside Fairway and uses no CRM calls.</EmptyState>
    );
  if (data.groups.length === 0)
    return (
      <EmptyState title="No duplicates">
        {after > 0 ? 'Nothing more on this page.' : 'No two accounts look like the same customer.'}
      </EmptyState>
    );
  return (
    <>
      <ol className={styles.list}>
        {data.groups.map((group) => (
          <li key={group.number}>
            <GroupCard group={group} />
          </li>
        ))}
      </ol>
      <div className={styles.pager}>
        {after > 0 && (
          <Button variant="default" onClick={() => go(null)}>
            First page
          </Button>
        )}
        {data.next !== null && (
          <Button variant="default" onClick={() => go(String(data.next))}>
            Next page
          </Button>
        )}
      </div>
    </>
  );
}
