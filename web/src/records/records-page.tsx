import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { recordsQuery } from '../api/queries.ts';
import type { FoundRecord } from '../api/types.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Card, Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { recordKinds, recordPath } from '../words.ts';
import styles from './records-page.module.css';

const searchPauseMs = 250;

/** Finds a record by its name, number, domain or id. */
export function RecordsPage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('search') ?? '';
  const [typed, setTyped] = useState(search);
  const searchSoon = useDebouncedCallback(
    (text: string) => setParams(text.trim() === '' ? {} : { search: text.trim() }, { replace: true }),
    searchPauseMs,
  );
  const query = useQuery({ ...recordsQuery(search), placeholderData: keepPreviousData });
  return (
    <Page
      title="Records"
      lead="The history of an account, an opportunity or a registration: what arrived from the CRM, which side won, what was written back."
    >
      <TextInput
        className={styles.search ?? ''}
        leftSection={<IconSearch size={16} stroke={1.8} />}
        placeholder="Name, number, domain, or an id from the CRM"
        aria-label="Search records"
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          searchSoon(value);
        }}
      />
      <div onClickCapture={() => searchSoon.cancel()}>
        <Card flush>
          {search === '' ? (
            <EmptyState title="Search for a record">
              Type part of a name, a registration’s number, a domain, or paste the id from the CRM’s address.
            </EmptyState>
          ) : (
            <QueryView query={query} rows={4}>
              {({ records }) =>
                records.length === 0 ? (
                  <EmptyState title="No record matches">
                    Perhaps it has not been read yet: Connections shows what was read. Contacts and products
                    cannot be searched.
                  </EmptyState>
                ) : (
                  <DataTable
                    label="Records"
                    columns={columns}
                    rows={records}
                    rowKey={(row) => row.id}
                    linkTo={(row) => recordPath(row.kind, row.id) ?? '/records'}
                  />
                )
              }
            </QueryView>
          )}
        </Card>
      </div>
    </Page>
  );
}

const columns: readonly Column<FoundRecord>[] = [
  { id: 'name', header: 'Name', cell: (row) => row.name },
  { id: 'kind', header: 'Kind', cell: (row) => recordKinds[row.kind] },
  { id: 'detail', header: 'Detail', cell: (row) => row.detail ?? <span className="dim">—</span> },
];
