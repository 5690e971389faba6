import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useMay } from '../shell/session.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import { recordPath } from '../words.ts';
import { type Pair, dismissedPairsQuery } from './duplicate-queries.ts';
import { useDismissPairs } from './use-dismiss-pairs.ts';

interface DismissedPair extends Pair {
  readonly leftName: string;
  readonly rightName: string;
  readonly person: string | null;
  readonly at: string;
}

const columns: readonly Column<DismissedPair>[] = [
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
  {
    id: 'person',
    header: 'Marked by',
    cell: ({ person }) => person ?? <span className="dim">somebody</span>,
  },
  { id: 'at', header: 'When', cell: ({ at }) => <When at={at} /> },
  { id: 'back', header: '', cell: (pair) => <UndoButton pair={pair} />, align: 'right' },
];

/** The pairs of accounts that were last marked as different. */
export function DismissedPairsList({ connection }: { readonly connection: string }) {
  const query = useQuery(dismissedPairsQuery(connection));
  return (
    <QueryView query={query} rows={4}>
      {({ pairs }) =>
        pairs.length === 0 ? (
          <EmptyState title="No accounts marked as different">
            Accounts that you mark as different are listed here. You can undo it.
          </EmptyState>
        ) : (
          <DataTable
            label="Accounts marked as different"
            columns={columns}
            rows={pairs}
            rowKey={({ leftId, rightId }) => `${leftId} ${rightId}`}
          />
        )
      }
    </QueryView>
  );
}

function UndoButton({ pair }: { readonly pair: DismissedPair }) {
  const mayEdit = useMay('edit_records');
  const dismissPairs = useDismissPairs();
  if (!mayEdit) return null;
  const { leftId, rightId, leftName, rightName } = pair;
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={`Undo: ${leftName} and ${rightName} are different`}
      loading={dismissPairs.isPending}
      onClick={() =>
        dismissPairs.mutate({
          pairs: [{ leftId, rightId }],
          dismissed: false,
          shown: { [leftId]: leftName, [rightId]: rightName },
          title: 'Undone',
        })
      }
    >
      Take back
    </Button>
  );
}
