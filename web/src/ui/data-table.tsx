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

interface DataTableProps<T> {
  /** The accessible name of the table. */
  readonly label: string;
  /** Stable between renders. The first one names the row; with `linkTo` it is the link. */
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly linkTo?: (row: T) => string;
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

function definitionOf<T extends object>({ id, header, sortBy }: Column<T>): ColumnDef<typeof features, T> {
  if (!sortBy) return { id, header, enableSorting: false };
  return { id, header, accessorFn: sortBy, sortFn: 'basic' };
}
