import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useMay } from '../shell/session.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import { recordPath } from '../words.ts';
import { type Pair, toldApartQuery } from './duplicate-queries.ts';
import { useTellApart } from './use-dismiss-pairs.ts';

interface ToldApart extends Pair {
  readonly leftName: string;
  readonly rightName: string;
  readonly person: string | null;
  readonly at: string;
}

const columns: readonly Column<ToldApart>[] = [
  {
    id: 'left',
    header: 'This account',
    cell: ({ leftId, leftName }) => <Link to={recordPath('account', leftId) ?? '/'}>{leftName}</Link>,
  },
  {
    id: 'right',
    header: 'is not',
    cell: ({ rightId, rightName }) => <Link to={recordPath('account', rightId) ?? '/'}>{rightName}</Link>,
  },
  { id: 'person', header: 'Says', cell: ({ person }) => person ?? <span className="dim">somebody</span> },
  { id: 'at', header: 'When', cell: ({ at }) => <When at={at} /> },
  { id: 'back', header: '', cell: (pair) => <TakeBack pair={pair} />, align: 'right' },
];

/** Accounts of which somebody has said that they are two customers; the last ones. */
export function ToldApartList({ connection }: { readonly connection: string }) {
  const query = useQuery(toldApartQuery(connection));
  return (
    <QueryView query={query} rows={4}>
      {({ pairs }) =>
        pairs.length === 0 ? (
          <EmptyState title="Nothing was told apart">
            What you say is no duplicate is listed here, and can be taken back.
          </EmptyState>
        ) : (
          <DataTable
            label="Accounts that were told apart"
            columns={columns}
            rows={pairs}
            rowKey={({ leftId, rightId }) => `${leftId} ${rightId}`}
          />
        )
      }
    </QueryView>
  );
}

function TakeBack({ pair }: { readonly pair: ToldApart }) {
  const mayEdit = useMay('edit_records');
  const tellApart = useTellApart();
  if (!mayEdit) return null;
  const { leftId, rightId, leftName, rightName } = pair;
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={`Take back that ${leftName} is not ${rightName}`}
      loading={tellApart.isPending}
      onClick={() =>
        tellApart.mutate({ pairs: [{ leftId, rightId }], dismissed: false, title: 'Taken back' })
      }
    >
      Take back
    </Button>
  );
}
