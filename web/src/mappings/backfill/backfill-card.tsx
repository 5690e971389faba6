import { Button, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, expectAnswer } from '../../api/client.ts';
import { plural } from '../../format.ts';
import { useMay } from '../../shell/session.ts';
import { ModalActions } from '../../ui/layout/modal-actions.tsx';
import styles from './backfill-card.module.css';
import { BackfillReport } from './backfill-report.tsx';
import { at, backfillQuery } from '../mapping-queries.ts';
import type { Backfill, MappingPage, Place } from '../mapping-types.ts';
import modalStyles from '../modals.module.css';
import { ProgressLine } from '../progress-line.tsx';

/** Shown after publishing: existing records keep their values until a backfill. */
export function BackfillCard({ place, page }: { readonly place: Place; readonly page: MappingPage }) {
  const data = useQuery(backfillQuery(place)).data;
  // A finished backfill is not shown while the next version is edited.
  if (!data || data.state === 'none' || (data.state === 'done' && page.open !== null)) return null;
  return (
    <section className={styles.card} data-state={data.state} aria-label="Backfill">
      <div className={styles.head}>
        <p className={styles.says}>{data.message}</p>
        <Start place={place} page={page} data={data} />
      </div>
      {data.state === 'running' && <ProgressLine progress={data.progress} fallback="Waiting for a worker" />}
      {data.error !== null && <p className={styles.bad}>The last backfill stopped: {data.error}</p>}
      {data.state === 'done' && data.report && (
        <>
          <Refused data={data} page={page} />
          <details>
            <summary>Results by field</summary>
            <BackfillReport report={data.report} crm={page.connection.name} />
          </details>
        </>
      )}
    </section>
  );
}

/** Links to refused writes and unmapped records. */
function Refused({
  data: { report },
  page: { connection },
}: {
  readonly data: Backfill;
  readonly page: MappingPage;
}) {
  const byCrm = report?.writes?.refused ?? 0;
  const misfits = report?.refused.some(({ effect }) => effect !== 'cut') ?? false;
  if (byCrm === 0 && !misfits) return null;
  return (
    <p className={styles.refused}>
      {byCrm > 0 && (
        <Link to={`/connections/${connection.id}`}>
          See {plural(byCrm, 'record')} {connection.name} refused writes
        </Link>
      )}
      {misfits && <Link to="/problems">See records that could not be mapped</Link>}
    </p>
  );
}

interface StartProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly data: Backfill;
}

function Start({ place, page, data }: StartProps) {
  const mayPublish = useMay('approve_mappings');
  const [asking, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      expectAnswer(api.POST('/api/mappings/{connectionId}/{object}/backfill', { params: at(place) })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: backfillQuery(place).queryKey });
      close();
    },
  });
  if (!mayPublish || (data.state !== 'needed' && data.state !== 'failed')) return null;
  const crm = page.connection.name;
  return (
    <>
      <Button size="compact-md" onClick={open}>
        Backfill {plural(data.records, 'record')}
      </Button>
      {asking && (
        <Modal
          opened
          onClose={close}
          title={`Backfill ${plural(data.records, 'record')} of ${page.objectLabel}?`}
          closeButtonProps={{ 'aria-label': 'Close' }}
          size="lg"
        >
          <Stack gap="sm">
            <p className={modalStyles.lead}>
              Fairway applies version {data.version} to every record and writes the results to {crm}. Values
              that somebody changes during the backfill are not overwritten. You can undo the writes under
              “History”.
            </p>
            {data.report ? (
              <BackfillReport report={data.report} crm={crm} would />
            ) : (
              <p className={modalStyles.lead}>
                There was no dry run on all records, so the number of writes is not known in advance.
              </p>
            )}
            <ModalActions cancel="Not now" onCancel={close} error={start.error}>
              <Button loading={start.isPending} onClick={() => start.mutate()}>
                Start the backfill
              </Button>
            </ModalActions>
          </Stack>
        </Modal>
      )}
    </>
  );
}
