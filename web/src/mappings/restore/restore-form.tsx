import { Button, Modal, NumberInput, Select, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../../api/client.ts';
import { countText, plural } from '../../format.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import { QueryView } from '../../ui/layout/states.tsx';
import { showToast } from '../../ui/layout/toast.tsx';
import styles from '../versions/history-panel.module.css';
import { at, restoreQuery } from '../mapping-queries.ts';
import type { MappingPage, Place, Restore } from '../mapping-types.ts';
import modalStyles from '../modals.module.css';
import { ProgressLine } from '../progress-line.tsx';

type Extent = { readonly version: number } | { readonly last: number };

/** Restores the CRM values from before Fairway's writes, except where somebody edited since. */
export function RestoreForm({ place, page }: { readonly place: Place; readonly page: MappingPage }) {
  const [extent, setExtent] = useState<Extent>({ last: 100 });
  const [asking, setAsking] = useState(false);
  const [restoreId, setRestoreId] = useState<string | null>(null);
  const crm = page.connection.name;
  const restore = useMutation({
    mutationFn: () =>
      expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/restore', { params: at(place), body: extent }),
      ),
    onSuccess: (answer) => {
      setAsking(false);
      if (answer.restoreId === null)
        showToast('Nothing to restore', `No write of ${page.objectLabel} can be undone.`);
      else setRestoreId(answer.restoreId);
    },
  });
  const versions = page.history
    .filter((one) => one.status === 'live' || one.status === 'retired')
    .map((one) => one.version);
  const choices = [
    { value: 'last', label: 'the last writes' },
    ...versions.map((one) => ({ value: String(one), label: `all writes of version ${one}` })),
  ];
  const text =
    'last' in extent ? `the last ${plural(extent.last, 'write')}` : `all writes of version ${extent.version}`;
  return (
    <section className={styles.restore} aria-label="Undo writes">
      <h3>Undo writes</h3>
      <p className={styles.facts}>
        Restores the previous {crm} values that nobody has edited since. Records that Fairway created are
        kept.
      </p>
      <div className={styles.restoreRow}>
        <Select
          aria-label="Which writes"
          data={choices}
          value={'last' in extent ? 'last' : String(extent.version)}
          allowDeselect={false}
          onChange={(value) =>
            setExtent(value === null || value === 'last' ? { last: 100 } : { version: Number(value) })
          }
        />
        {'last' in extent && (
          <NumberInput
            aria-label="How many"
            min={1}
            max={100_000}
            clampBehavior="strict"
            allowDecimal={false}
            value={extent.last}
            onChange={(value) => typeof value === 'number' && value >= 1 && setExtent({ last: value })}
          />
        )}
        <Button variant="default" onClick={() => setAsking(true)}>
          Undo…
        </Button>
      </div>
      {restoreId !== null && <Outcome place={place} restoreId={restoreId} crm={crm} />}
      {asking && (
        <Modal
          opened
          onClose={() => setAsking(false)}
          title={`Undo ${text}?`}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <Stack gap="sm">
            <p className={modalStyles.lead}>
              Fairway writes back the values that {crm} had before. Fields edited since and records created by
              Fairway are not changed; they are listed. The mapping stays live: roll it back too, or Fairway
              may write the values again.
            </p>
            <ModalActions onCancel={() => setAsking(false)} error={restore.error}>
              <Button color="red.9" loading={restore.isPending} onClick={() => restore.mutate()}>
                Undo {text}
              </Button>
            </ModalActions>
          </Stack>
        </Modal>
      )}
    </section>
  );
}

const skipWords: Readonly<Record<string, string>> = {
  edited: 'edited since',
  unknown: 'previous value not known',
  created: 'created by Fairway',
  only_written: 'fields that only Fairway writes',
  gone: 'record or field no longer available',
};

function Outcome({
  place,
  restoreId,
  crm,
}: {
  readonly place: Place;
  readonly restoreId: string;
  readonly crm: string;
}) {
  const query = useQuery(restoreQuery(place, restoreId));
  return (
    <QueryView query={query} rows={1}>
      {(data) => <Report data={data} crm={crm} />}
    </QueryView>
  );
}

function Report({
  data: { phase, progress, report },
  crm,
}: {
  readonly data: Restore;
  readonly crm: string;
}) {
  if (phase === 'plan' || phase === 'push') {
    return (
      <ProgressLine
        progress={progress}
        fallback={phase === 'plan' ? 'Checking what can be restored' : `Writing to ${crm}`}
      />
    );
  }
  if (phase === 'failed')
    return (
      <p className={styles.bad}>It stopped. The values restored so far stay. Start it again to continue.</p>
    );
  if (!report) return <p className={styles.facts}>There was nothing to restore.</p>;
  const skipped = Object.entries(report.skipped).filter(([, count]) => count > 0);
  return (
    <div role="status">
      <p className={styles.facts}>
        {report.values === 0 ? 'Nothing was restored' : `${plural(report.values, 'value')} restored`}, of{' '}
        {plural(report.records, 'record')} checked.
        {skipped.map(
          ([reason, count]) => ` ${countText(count)} not changed: ${skipWords[reason] ?? reason}.`,
        )}
      </p>
      {report.examples.length > 0 && (
        <details>
          <summary>Not changed</summary>
          <ul className={styles.examples}>
            {report.examples.slice(0, 20).map(({ ref, field, message }) => (
              <li key={`${ref} ${field}`}>
                <span className="mono dim">{ref}</span> {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
