import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type CSSProperties, type ReactNode, useMemo, useRef } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import styles from './data-table.module.css';
import { useRowKeys } from './use-row-keys.ts';

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** Makes the column sortable by this. */
  readonly sortBy?: (row: T) => string | number;
  readonly align?: 'right';
  /** The largest width of the column; longer text is clipped. */
  readonly maxWidth?: number;
  /** Left out where the table has less than 900 px; the page of the row shows it. */
  readonly secondary?: boolean;
}

/** Rows that a person marks, by their keys. */
export interface RowSelection<T> {
  readonly selected: ReadonlySet<string>;
  readonly canSelect: (row: T) => boolean;
  /** The accessible name of the checkbox of a row. */
  readonly label: (row: T) => string;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}

interface DataTableProps<T> {
  /** The accessible name of the table. */
  readonly label: string;
  /** Stable between renders. The first one names the row; with `linkTo` it is the link. */
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly linkTo?: (row: T) => string;
  readonly selection?: RowSelection<T> | undefined;
  readonly footer?: ReactNode;
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});

/**
 * Rows in columns; below 640 px each row becomes a small card. A shadow shows where a wide table goes on. With
 * `linkTo`, j and k walk the rows and Enter opens one.
 */
export function DataTable<T extends object>({
  label,
  columns,
  rows,
  rowKey,
  linkTo,
  selection,
  footer,
}: DataTableProps<T>) {
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({ features, columns: definitions, data, getRowId: rowKey });
  const body = useRef<HTMLTableSectionElement>(null);
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  /** The page of a row leads back to the list as it was filtered. */
  const state = { from: pathname + search };
  useRowKeys(body, linkTo !== undefined);
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {selection && (
                <th scope="col" className={styles.select}>
                  <SelectAll rows={rows} rowKey={rowKey} selection={selection} />
                </th>
              )}
              {group.headers.map((header, index) => {
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    data-align={columns[index]?.align}
                    data-secondary={columns[index]?.secondary}
                    aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                  >
                    {columns[index]?.sortBy ? (
                      <button
                        type="button"
                        className={styles.sort}
                        onClick={header.column.getToggleSortingHandler()}
                      >
                        {columns[index].header}
                        {sorted === 'asc' && <IconArrowUp size={13} stroke={2} />}
                        {sorted === 'desc' && <IconArrowDown size={13} stroke={2} />}
                      </button>
                    ) : (
                      columns[index]?.header
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody ref={body}>
          {table.getRowModel().rows.map((row) => (
            <tr
              key={row.id}
              data-link={linkTo ? true : undefined}
              onClick={linkTo && (() => void navigate(linkTo(row.original), { state }))}
            >
              {selection && (
                <td className={styles.select} onClick={(event) => event.stopPropagation()}>
                  <SelectRow row={row.original} id={row.id} selection={selection} />
                </td>
              )}
              {columns.map((column, index) => (
                <td
                  key={column.id}
                  data-label={column.header}
                  data-align={column.align}
                  data-secondary={column.secondary}
                  data-lead={index === 0 || undefined}
                  style={
                    column.maxWidth ? ({ '--widest': `${column.maxWidth}px` } as CSSProperties) : undefined
                  }
                >
                  {index === 0 && linkTo ? (
                    <Link
                      to={linkTo(row.original)}
                      state={state}
                      className={styles.link ?? ''}
                      onClick={(event) => event.stopPropagation()}
                    >
                      {column.cell(row.original)}
                    </Link>
                  ) : (
                    column.cell(row.original)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {footer}
    </div>
  );
}

function SelectAll<T>({
  rows,
  rowKey,
  selection: { selected, canSelect, onChange },
}: Pick<DataTableProps<T>, 'rows' | 'rowKey'> & { readonly selection: RowSelection<T> }) {
  const keys = rows.filter(canSelect).map(rowKey);
  const isAll = keys.length > 0 && keys.every((key) => selected.has(key));
  return (
    <Checkbox
      size="xs"
      aria-label="Select all on this page"
      disabled={keys.length === 0}
      checked={isAll}
      indeterminate={!isAll && keys.some((key) => selected.has(key))}
      onChange={() => onChange(new Set(isAll ? [] : keys))}
    />
  );
}

function SelectRow<T>({
  row,
  id,
  selection: { selected, canSelect, label, onChange },
}: {
  readonly row: T;
  readonly id: string;
  readonly selection: RowSelection<T>;
}) {
  if (!canSelect(row)) return null;
  return (
    <Checkbox
      size="xs"
      aria-label={label(row)}
      checked={selected.has(id)}
      onChange={() => onChange(toggled(selected, id))}
    />
  );
}

function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

function definitionOf<T extends object>({ id, header, sortBy }: Column<T>): ColumnDef<typeof features, T> {
  if (!sortBy) return { id, header, enableSorting: false };
  return { id, header, accessorFn: sortBy, sortFn: 'basic' };
}
