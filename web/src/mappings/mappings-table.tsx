import { type Column, DataTable } from '../ui/data-table.tsx';
import { Card } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { When } from '../ui/when.tsx';
import { countText, plural } from '../format.ts';
import { plain, sentence } from '../words.ts';
import type { ListedMapping } from './mapping-types.ts';

const columns: readonly Column<ListedMapping>[] = [
  {
    id: 'object',
    header: 'Object',
    cell: (row) => `${row.object} in ${row.connection}`,
    sortBy: (row) => row.connection + row.object,
  },
  { id: 'kind', header: 'Kind of record', cell: (row) => sentence(plain(row.kind)) },
  { id: 'version', header: 'Version', cell: (row) => <Live row={row} /> },
  { id: 'open', header: 'Draft', cell: (row) => <Open row={row} /> },
  {
    id: 'fields',
    header: 'Fields',
    align: 'right',
    cell: (row) => countText(row.fieldCount),
    sortBy: (row) => row.fieldCount,
  },
  {
    id: 'drift',
    header: 'CRM schema changed',
    cell: (row) => <Drift row={row} />,
    sortBy: (row) => row.driftCount,
  },
];

/** Every live mapping, one row per object, with the step that a person has to take. */
export function MappingsTable({ mappings }: { readonly mappings: readonly ListedMapping[] }) {
  return (
    <Card flush title="Live mappings" aside={<span className="dim small">Open a mapping to change it</span>}>
      <DataTable
        rows={mappings}
        rowKey={({ connectionId, object, kind }) => `${connectionId} ${object} ${kind}`}
        linkTo={mappingPath}
        label="Live mappings"
        columns={columns}
      />
    </Card>
  );
}

export function mappingPath({
  connectionId,
  object,
  kind,
}: Pick<ListedMapping, 'connectionId' | 'object' | 'kind'>): string {
  return `/mappings/${connectionId}/${encodeURIComponent(object)}?kind=${kind}`;
}

function Live({ row: { version, custom, enabled } }: { readonly row: ListedMapping }) {
  if (version === null) return <span className="dim">none yet</span>;
  if (!enabled) return <Pill tone="quiet">Off</Pill>;
  return custom ? version : <span className="num">{version} (default)</span>;
}

function Open({ row: { open } }: { readonly row: ListedMapping }) {
  if (!open) return <span className="dim">—</span>;
  return (
    <>
      <Pill tone={open.status === 'submitted' ? 'warn' : 'quiet'}>
        {open.status === 'submitted' ? 'Waiting for approval' : 'Draft'}
      </Pill>{' '}
      <span className="dim small">
        {open.by ?? 'somebody'}, <When at={open.at} />
      </span>
    </>
  );
}

function Drift({ row: { driftCount } }: { readonly row: ListedMapping }) {
  return driftCount === 0 ? (
    <span className="dim">—</span>
  ) : (
    <Pill tone="warn">{plural(driftCount, 'change')}</Pill>
  );
}
