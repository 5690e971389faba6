import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, expectAnswer } from '../../api/client.ts';
import { useMay } from '../../shell/session.ts';
import { Pill } from '../../ui/pill.tsx';
import { showFailure } from '../../ui/layout/toast.tsx';
import { When } from '../../ui/when.tsx';
import { ChangesList } from './changes-list.tsx';
import styles from './history-panel.module.css';
import { at } from '../mapping-queries.ts';
import type { MappingPage, MappingVersion, Place } from '../mapping-types.ts';
import { versionStatus } from '../mapping-words.ts';
import { RestoreForm } from '../restore/restore-form.tsx';
import { RollBackModal } from './roll-back-modal.tsx';
import type { Draft } from '../editor/use-draft.ts';

interface HistoryPanelProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly draft: Draft;
}

/** Every version with its changes, and the buttons to roll back. */
export function HistoryPanel({ place, page, draft }: HistoryPanelProps) {
  const mayUndo = useMay('approve_mappings');
  const [back, setBack] = useState<MappingVersion | null>(null);
  return (
    <>
      <ol className={styles.versions}>
        {page.history.map((version) => (
          <Version
            key={`${version.status} ${version.version}`}
            place={place}
            page={page}
            version={version}
            draft={draft}
            onRollBack={setBack}
          />
        ))}
      </ol>
      {mayUndo && <RestoreForm place={place} page={page} />}
      {back && (
        <RollBackModal place={place} page={page} version={back} draft={draft} onClose={() => setBack(null)} />
      )}
    </>
  );
}

interface VersionProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly version: MappingVersion;
  readonly draft: Draft;
  readonly onRollBack: (version: MappingVersion) => void;
}

function Version({ place, page, version, draft, onRollBack }: VersionProps) {
  const mayRollBack = useMay('roll_back_mappings');
  const mayDraft = useMay('draft_mappings');
  const [shown, setShown] = useState(false);
  const begin = useMutation({
    mutationFn: () => {
      const { path, query } = at(place);
      const body = { ...query, from: version.version };
      return expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/draft', { params: { path }, body }),
      );
    },
    onSuccess: () => draft.reload(),
    onError: showFailure,
  });
  const { version: number, status, note, decisionReason, restores, basedOn } = version;
  const { label, tone } = versionStatus[status];
  const inForce = page.live?.version === number;
  const before = basedOn ?? page.history.find((one) => one.version < number)?.version;
  return (
    <li>
      <div className={styles.head}>
        <strong>Version {number}</strong>
        <Pill tone={inForce ? 'good' : tone}>
          {inForce && status === 'shipped' ? 'Live (default)' : label}
        </Pill>
      </div>
      <p className={styles.facts}>
        <Facts version={version} />
      </p>
      {restores !== null && <p className={styles.facts}>Rolled back to version {restores}.</p>}
      {note && <p className={styles.note}>“{note}”</p>}
      {decisionReason && decisionReason !== note && <p className={styles.note}>“{decisionReason}”</p>}
      <div className={styles.actions}>
        {before !== undefined && before !== number && (
          <Button size="compact-xs" variant="subtle" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide changes' : `Changes since version ${before}`}
          </Button>
        )}
        {mayRollBack && !inForce && (status === 'retired' || status === 'shipped') && (
          <Button size="compact-xs" variant="default" onClick={() => onRollBack(version)}>
            Roll back to this version
          </Button>
        )}
        {mayDraft && page.open === null && !inForce && (
          <Button
            size="compact-xs"
            variant="default"
            loading={begin.isPending}
            onClick={() => begin.mutate()}
          >
            Start a draft from it
          </Button>
        )}
      </div>
      {shown && before !== undefined && (
        <ChangesList place={place} from={before} to={number} revision={version.revision} />
      )}
    </li>
  );
}

function Facts({
  version: { status, createdBy, updatedBy, updatedAt, submittedBy, submittedAt, decidedBy, decidedAt },
}: {
  readonly version: MappingVersion;
}) {
  switch (status) {
    case 'shipped':
      return 'Fairway’s default mapping.';
    case 'draft':
      return (
        <>
          Saved by {updatedBy} <When at={updatedAt} />
        </>
      );
    case 'submitted':
      return (
        <>
          Submitted by {submittedBy} <When at={submittedAt} />
        </>
      );
    case 'rejected':
      return (
        <>
          By {submittedBy ?? createdBy}, rejected by {decidedBy} <When at={decidedAt} />
        </>
      );
    case 'live':
    case 'retired':
      return (
        <>
          By {submittedBy ?? createdBy}, {submittedBy === null ? 'published' : 'approved'} by {decidedBy}{' '}
          <When at={decidedAt} />
        </>
      );
  }
}
