import { Button, Chip, Kbd, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { registrationsQuery } from '../../api/queries.ts';
import type { ListedRegistration, RegistrationPage as Listing } from '../../api/types.ts';
import { countText } from '../../format.ts';
import { useMay } from '../../shell/session.ts';
import { changedParams } from '../../ui/changed-params.ts';
import { Card, Page } from '../../ui/layout/page.tsx';
import { QueryView } from '../../ui/layout/states.tsx';
import { Tabs } from '../../ui/layout/tabs.tsx';
import { DecideTogether } from './decide-together.tsx';
import { csvAddress, queueView, sorts, tabs, type QueueView, type Tab } from './queue-address.ts';
import { QueueTable } from './queue-table.tsx';
import styles from './registrations-page.module.css';

const tabNames: Readonly<Record<Tab, string>> = {
  waiting: 'Waiting',
  information_needed: 'Information needed',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  withdrawn: 'Withdrawn',
  all: 'All',
};
const searchPauseMs = 250;

/**
 * The queue. Tab, filters, search and order are in the address, so that a view can be shared and survives the Back
 * button.
 */
export function RegistrationsPage() {
  const [params, setParams] = useSearchParams();
  const view = queueView(params);
  const may = useMay('decide_registrations');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const change = (changes: Record<string, string>) => {
    setSelected(new Set());
    setParams((old) => changedParams(old, { cursor: '', ...changes }), { replace: true });
  };
  const searchSoon = useDebouncedCallback((text: string) => change({ search: text.trim() }), searchPauseMs);
  const query = useQuery({ ...registrationsQuery(view, view.cursor), placeholderData: keepPreviousData });
  const rows = query.data?.registrations ?? [];
  return (
    <Page
      title="Registrations"
      lead="Deals that partners registered. The rules of engagement decide the clear ones; the others wait here for you."
      actions={
        <Button
          component="a"
          href={csvAddress(view)}
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.8} />}
        >
          Export CSV
        </Button>
      }
    >
      <Tabs
        label="Registrations by status"
        tabs={tabs.map((one) => ({
          value: one,
          label: tabNames[one],
          count: query.data && tabCount(one, query.data),
        }))}
        value={view.tab}
        onChange={(status) => change({ status })}
      >
        <Tools view={view} onChange={change} onSearch={searchSoon} />
        <DecideTogether
          rows={rows.filter(({ id }) => selected.has(id))}
          onDone={() => setSelected(new Set())}
        />
        {/* A delayed search must not navigate back after a row was opened. */}
        <div onClickCapture={() => searchSoon.cancel()}>
          <Card flush>
            <QueryView query={query} rows={8}>
              {(page) => (
                <QueueTable
                  page={page}
                  tab={view.tab}
                  searching={view.search !== '' || view.decider !== undefined || view.answer !== undefined}
                  firstPage={view.cursor === null}
                  selection={
                    may && page.registrations.some(canDecideTogether)
                      ? { selected, canSelect: canDecideTogether, label: selectLabel, onChange: setSelected }
                      : undefined
                  }
                  onPage={(next) => {
                    setSelected(new Set());
                    setParams((old) => changedParams(old, { cursor: next }));
                  }}
                />
              )}
            </QueryView>
          </Card>
        </div>
      </Tabs>
    </Page>
  );
}

interface ToolsProps {
  readonly view: QueueView;
  readonly onChange: (changes: Record<string, string>) => void;
  readonly onSearch: (text: string) => void;
}

function Tools({ view, onChange, onSearch }: ToolsProps) {
  const [typed, setTyped] = useState(view.search);
  return (
    <div className={styles.tools}>
      <TextInput
        className={styles.search ?? ''}
        leftSection={<IconSearch size={16} stroke={1.8} />}
        placeholder="Number, partner, customer or domain"
        aria-label="Search registrations"
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          onSearch(value);
        }}
      />
      <Select
        aria-label="Order"
        data={[...sorts]}
        value={view.sort}
        allowDeselect={false}
        onChange={(value) => onChange({ sort: value ?? '' })}
        w={190}
      />
      <Chip checked={view.decider === 'me'} onChange={(isOn) => onChange({ decider: isOn ? 'me' : '' })}>
        Waits for me
      </Chip>
      <Chip checked={view.answer === 'late'} onChange={(isOn) => onChange({ answer: isOn ? 'late' : '' })}>
        Overdue
      </Chip>
      <span className={styles.keys}>
        <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> move, <Kbd size="xs">x</Kbd> selects,{' '}
        <Kbd size="xs">Enter</Kbd> opens
      </span>
    </div>
  );
}

/** A decision names the version that the person saw, which only registrations with a lifecycle have. */
function canDecideTogether({ state, version, deferred }: ListedRegistration): boolean {
  return state === 'in_review' && version !== null && deferred === null;
}

const selectLabel = ({ number }: ListedRegistration) => `Select ${number}`;

function tabCount(tab: Tab, { counts, waiting }: Listing): string {
  if (tab === 'waiting') return countText(waiting);
  if (tab === 'all') return countText(Object.values(counts).reduce((sum, count) => sum + count, 0));
  return countText(counts[tab]);
}
