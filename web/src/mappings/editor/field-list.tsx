import { SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { countText, plural } from '../../format.ts';
import type { EditedPack } from './edit-pack.ts';
import { useEditor } from './editor-context.ts';
import styles from './field-list.module.css';
import { FieldRow } from './field-row.tsx';
import { RecordsSettings } from './records-settings.tsx';
import { filterRows, needsAttention, type Row, type RowFilter } from './rows.ts';
import { useListKeys } from './use-list-keys.ts';

interface FieldListProps {
  readonly rows: readonly Row[];
  readonly openRow: string | null;
  readonly onOpen: (key: string | null) => void;
  /** True while sample records are read. */
  readonly suggesting: boolean;
  readonly suggestTrouble: string | null;
  readonly edited: EditedPack;
}

/**
 * The fields of both sides, one row per pair; unmapped fields have a row of their own. Slash searches, arrows
 * move, Enter opens.
 */
export function FieldList({ rows, openRow, onOpen, suggesting, suggestTrouble, edited }: FieldListProps) {
  const { crm } = useEditor();
  const [filter, setFilter] = useState<RowFilter>('all');
  const [theirs, setTheirs] = useState('');
  const [ours, setOurs] = useState('');
  const search = useDeferredValue(useMemo(() => ({ theirs, ours }), [theirs, ours]));
  const shown = useMemo(() => filterRows(rows, filter, search, openRow), [rows, filter, search, openRow]);
  const list = useRef<HTMLElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const close = useCallback(() => onOpen(null), [onOpen]);
  useListKeys({ list, search: first, onClose: close });
  return (
    <section ref={list} className={styles.list} aria-label="Fields">
      <div className={styles.tools}>
        <TextInput
          ref={first}
          data-search
          aria-label={`Search ${crm} fields`}
          placeholder={`Search ${crm} fields`}
          leftSection={<IconSearch size={16} />}
          rightSection={<kbd className={styles.key}>/</kbd>}
          value={theirs}
          onChange={(event) => setTheirs(event.currentTarget.value)}
        />
        <TextInput
          data-search
          aria-label="Search Fairway fields"
          placeholder="Search Fairway fields"
          leftSection={<IconSearch size={16} />}
          value={ours}
          onChange={(event) => setOurs(event.currentTarget.value)}
        />
      </div>
      <div className={styles.filters}>
        <SegmentedControl
          aria-label="Which fields"
          size="xs"
          data={filtersFor(rows)}
          value={filter}
          onChange={(value) => setFilter(value as RowFilter)}
        />
        <span className="dim small" role="status">
          {suggesting ? 'Reading sample records for suggestions…' : plural(shown.length, 'row')}
        </span>
      </div>
      {suggestTrouble !== null && (
        <p className={styles.trouble}>Suggestions use only names and types: {suggestTrouble}</p>
      )}
      <RecordsSettings edited={edited} />
      <div className={styles.heads} aria-hidden>
        <span>{crm}</span>
        <span />
        <span>Fairway</span>
      </div>
      {shown.length === 0 ? (
        <p className={styles.empty}>
          {rows.length === 0
            ? 'Fairway may not read any field of this object.'
            : 'No field has this name. Try “All” or fewer letters.'}
        </p>
      ) : (
        <ul className={styles.rows}>
          {shown.map((row) => (
            <FieldRow key={row.key} row={row} open={row.key === openRow} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </section>
  );
}

function filtersFor(rows: readonly Row[]): { value: RowFilter; label: string }[] {
  const count = (test: (row: Row) => boolean) => countText(rows.filter(test).length);
  const attention = rows.filter(needsAttention).length;
  return [
    { value: 'all', label: `All ${count(() => true)}` },
    { value: 'mapped', label: `Mapped ${count((row) => row.line !== null)}` },
    { value: 'open', label: `Not mapped ${count((row) => row.line === null)}` },
    { value: 'suggested', label: `Suggested ${count((row) => row.suggestion !== null)}` },
    ...(attention > 0 ? [{ value: 'attention' as const, label: `Needs attention ${attention}` }] : []),
  ];
}
