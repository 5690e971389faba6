import { Checkbox, Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../shell/session.ts';
import { EmptyState, FailureState, Waiting } from '../../ui/layout/states.tsx';
import { useEditor } from '../editor/editor-context.ts';
import { ExplainedField } from './explained-field.tsx';
import { previewQuery, recordsToTryQuery } from '../mapping-queries.ts';
import type { Explained, FittingPreview, MappingPage, Pack, Place } from '../mapping-types.ts';
import { shownValue } from '../mapping-words.ts';
import styles from './preview-panel.module.css';

interface PreviewPanelProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly pack: Pack;
  /** The Fairway field of the open row; shown first. */
  readonly focused: string | null;
}

const settleMs = 700;

/**
 * Applies the mapping on the page to one live record and shows every value step by step. Nothing is saved.
 */
export function PreviewPanel({ place, page, pack, focused }: PreviewPanelProps) {
  const mayTry = useMay('draft_mappings');
  const [chosen, choose] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [sought] = useDebouncedValue(search, 250);
  const records = useQuery({ ...recordsToTryQuery(place, sought), enabled: mayTry });
  const newest = useQuery({ ...recordsToTryQuery(place, ''), enabled: mayTry }).data?.records ?? [];
  const ref = chosen ?? newest[0]?.ref ?? null;
  const [settled] = useDebouncedValue(pack, settleMs);
  const preview = useQuery(previewQuery(place, settled, mayTry ? ref : null));
  if (!mayTry)
    return <p className={styles.lead}>Operations and admins can preview the mapping on a record here.</p>;
  if (records.isLoading) return <Waiting rows={4} />;
  if (newest.length === 0 && sought === '')
    return (
      <EmptyState title="No record to preview">
        Nothing of {page.objectLabel} has been read yet. Start a run first.
      </EmptyState>
    );
  const known = records.data?.records ?? [];
  const current = [...newest, ...known].find((record) => record.ref === ref);
  // Keeps the chosen record in the list, except during a search.
  const shown =
    current && sought === '' && !known.some((record) => record.ref === ref) ? [current, ...known] : known;
  return (
    <div className={styles.preview}>
      <Select
        label="Record"
        description="Preview on a live record. Nothing is saved."
        placeholder="Beginning of its name or id"
        nothingFoundMessage={
          search === sought && !records.isFetching ? 'No record with this name or id' : 'Searching…'
        }
        rightSection={
          search !== sought || records.isFetching ? <Loader size={14} aria-label="Searching" /> : undefined
        }
        searchable
        allowDeselect={false}
        filter={({ options }) => options}
        data={shown.map((record) => ({ value: record.ref, label: record.name ?? record.ref }))}
        value={ref}
        onSearchChange={(text) => setSearch(text === (current?.name ?? current?.ref) ? '' : text)}
        onChange={(value) => value !== null && choose(value)}
      />
      {preview.error ? (
        <FailureState error={preview.error} retry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Waiting rows={5} />
      ) : preview.data.fits ? (
        <div
          data-stale={preview.isFetching || preview.isPlaceholderData || undefined}
          className={styles.result}
          aria-busy={preview.isFetching}
        >
          <Result preview={preview.data} focused={focused} page={page} />
        </div>
      ) : (
        <p className={styles.refused}>
          The mapping has errors, so there is no preview. Correct the marked fields.
        </p>
      )}
    </div>
  );
}

function Result({
  preview,
  focused,
  page,
}: {
  readonly preview: FittingPreview;
  readonly focused: string | null;
  readonly page: MappingPage;
}) {
  const [onlyOpen, setOnlyOpen] = useState(false);
  const { inbound, outbound, before, after, write, refusals } = preview;
  const crm = page.connection.name;
  const { ourFields } = useEditor();
  const labels = new Map(ourFields.map((field) => [field.name, field.label]));
  const theirs = new Map(page.remoteFields.map((field) => [field.name, field.label]));
  const visible = (all: readonly Explained[]) =>
    order(all, focused).filter((one) => !onlyOpen || focused === null || one.local === focused);
  const labelsOf = (one: Explained) => ({
    ours: labels.get(one.local) ?? one.local,
    theirs: theirs.get(one.remote) ?? one.remote,
  });
  return (
    <>
      {after === null && (
        <p className={styles.refused}>
          This record is skipped: the filter excludes it or a required value is missing.
        </p>
      )}
      {refusals.map((one) => (
        <p key={`${one.direction} ${one.field} ${one.code}`} className={styles.refused}>
          <strong>{one.field ?? 'The record'}:</strong> {one.message} {one.fix}
        </p>
      ))}
      {focused !== null && (
        <Checkbox
          size="xs"
          label="Only the open field"
          checked={onlyOpen}
          onChange={(event) => setOnlyOpen(event.currentTarget.checked)}
        />
      )}
      <h3 className={styles.heading}>Read into Fairway</h3>
      <List
        all={visible(inbound)}
        way="in"
        labelsOf={labelsOf}
        focused={focused}
        before={before}
        empty="Nothing is read."
      />
      <h3 className={styles.heading}>Written to {crm}</h3>
      <List
        all={visible(outbound)}
        way="out"
        labelsOf={labelsOf}
        focused={focused}
        before={null}
        empty="Nothing to write for this record."
      />
      <p className={styles.lead}>
        {write === null
          ? `${crm} already has these values.`
          : `${write.operation === 'create' ? 'A new record' : 'This'} would be sent to ${crm}:`}
      </p>
      {write && (
        <dl className={styles.payload}>
          {Object.entries(write.fields).map(([field, value]) => (
            <div key={field}>
              <dt className="mono">{field}</dt>
              <dd>{shownValue(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

interface ListProps {
  readonly all: readonly Explained[];
  readonly way: 'in' | 'out';
  readonly labelsOf: (one: Explained) => { ours: string; theirs: string };
  readonly focused: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly empty: string;
}

function List({ all, way, labelsOf, focused, before, empty }: ListProps) {
  if (all.length === 0) return <p className={styles.lead}>{empty}</p>;
  return (
    <ul className={styles.list}>
      {all.map((one) => (
        <ExplainedField
          key={`${one.local} ${one.remote}`}
          one={one}
          way={way}
          {...labelsOf(one)}
          open={one.local === focused}
          before={before}
        />
      ))}
    </ul>
  );
}

/** The open field first, then fields with errors. */
function order(all: readonly Explained[], focused: string | null): readonly Explained[] {
  const rank = (one: Explained) => (one.local === focused ? 0 : one.problem ? 1 : 2);
  return all.toSorted((a, b) => rank(a) - rank(b));
}
