import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../../api/client.ts';
import { useMay } from '../../shell/session.ts';
import { QueryView } from '../../ui/layout/states.tsx';
import { showFailure } from '../../ui/layout/toast.tsx';
import { When } from '../../ui/when.tsx';
import { BackfillReport } from '../backfill/backfill-report.tsx';
import { at, dryRunQuery } from '../mapping-queries.ts';
import type { DryRun, MappingPage, Place } from '../mapping-types.ts';
import { ProgressLine } from '../progress-line.tsx';
import styles from './side-panel.module.css';
import type { Draft } from '../editor/use-draft.ts';

interface DryRunPanelProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly draft: Draft;
}

/** The effect of publishing on every record, without changing it. */
export function DryRunPanel({ place, page, draft }: DryRunPanelProps) {
  const mayTry = useMay('draft_mappings');
  const has = draft.saved !== null;
  const query = useQuery({ ...dryRunQuery(place), enabled: has });
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: async () => {
      if (!(await draft.flush())) throw new Error('The draft could not be saved, so there was no dry run.');
      return expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/draft/dry-run', { params: at(place) }),
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: dryRunQuery(place).queryKey }),
    onError: showFailure,
  });
  if (!has)
    return (
      <p className={styles.lead}>
        With a draft, this shows what publishing it would change in every record of {page.objectLabel}.
      </p>
    );
  return (
    <QueryView query={query} rows={3}>
      {(data) => (
        <>
          <p className={styles.lead}>
            The dry run applies the draft to every record without saving. Nothing changes in Fairway or in{' '}
            {page.connection.name}.
          </p>
          {mayTry && (
            <Button
              size="compact-md"
              variant={data.findings && !data.stale ? 'default' : 'filled'}
              loading={start.isPending}
              disabled={data.running}
              onClick={() => start.mutate()}
            >
              {data.findings ? 'Run again' : 'Run on all records'}
            </Button>
          )}
          <Findings data={data} crm={page.connection.name} />
        </>
      )}
    </QueryView>
  );
}

function Findings({
  data: { running, progress, error, at: when, stale, findings },
  crm,
}: {
  readonly data: DryRun;
  readonly crm: string;
}) {
  if (running) return <ProgressLine progress={progress} fallback="Waiting for a worker" />;
  return (
    <>
      {error !== null && (
        <p className={styles.bad} role="alert">
          The last dry run failed: {error}
        </p>
      )}
      {findings && (
        <p className={styles.lead}>
          Run <When at={when} />.
          {stale && <strong> The draft has changed since. Run again to see its present effect.</strong>}
        </p>
      )}
      {findings?.fits === false && (
        <ul className={styles.problems}>
          {findings.problems.map(({ path, field, code, message, fix }) => (
            <li key={`${path} ${field} ${code}`}>
              {message} <strong>{fix}</strong>
            </li>
          ))}
        </ul>
      )}
      {findings?.fits && <BackfillReport report={findings.report} crm={crm} would />}
    </>
  );
}
