import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { plural } from '../../format.ts';
import { useMay } from '../../shell/session.ts';
import { When } from '../../ui/when.tsx';
import { DecideButtons } from './decide-buttons.tsx';
import { SubmitModal } from './submit-modal.tsx';
import type { MappingPage, Place } from '../mapping-types.ts';
import type { Row } from '../editor/rows.ts';
import styles from './status-bar.module.css';
import type { Draft } from '../editor/use-draft.ts';
import { YamlMenu } from './yaml-menu.tsx';

interface StatusBarProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly draft: Draft;
  readonly rows: readonly Row[];
  readonly onShow: (tab: string) => void;
  readonly onProblem: (key: string) => void;
}

/** The state of the mapping and the next step. It stays visible while the fields scroll. */
export function StatusBar({ place, page, draft, rows, onShow, onProblem }: StatusBarProps) {
  const mayDraft = useMay('draft_mappings');
  const { open } = page;
  return (
    <section
      className={styles.bar}
      aria-label="State of this mapping"
      data-waits={open?.status === 'submitted' || undefined}
    >
      <div className={styles.says} role="status">
        {draft.state.is === 'superseded' ? (
          <Outdated draft={draft} error={draft.state.error} />
        ) : (
          <SaveStateText page={page} draft={draft} />
        )}
      </div>
      <div className={styles.actions}>
        {open?.status === 'submitted' && <DecideButtons place={place} page={page} onShow={onShow} />}
        {open?.status !== 'submitted' && draft.saved && mayDraft && (
          <DraftButtons
            place={place}
            page={page}
            draft={draft}
            rows={rows}
            onShow={onShow}
            onProblem={onProblem}
          />
        )}
        <YamlMenu place={place} page={page} draft={draft} />
      </div>
    </section>
  );
}

function SaveStateText({
  page: { open, live },
  draft: { saved, state },
}: {
  readonly page: MappingPage;
  readonly draft: Draft;
}) {
  const mayDraft = useMay('draft_mappings');
  if (open?.status === 'submitted') {
    return (
      <>
        <strong>Version {open.version} waits for approval.</strong> Submitted by{' '}
        {open.submittedBy ?? 'somebody'} <When at={open.submittedAt} />
        {open.note && <span className={styles.note}>“{open.note}”</span>}
      </>
    );
  }
  if (saved) {
    return (
      <>
        <strong>Draft of version {saved.version}.</strong> <Saving state={state} />{' '}
        <span className={styles.more}>Nothing changes until it is approved.</span>
      </>
    );
  }
  if (state.is !== 'saved') return <Saving state={state} />;
  if (!live) return <strong>No version is live.</strong>;
  if (live.pack.enabled === false) {
    return (
      <>
        <strong>Off: Fairway does not read or write this object.</strong>{' '}
        <span className="dim">
          {mayDraft && 'Editing creates a draft; approving it turns the mapping on.'}
        </span>
      </>
    );
  }
  return (
    <>
      <strong>
        Version {live.version} is live{live.custom ? '' : ' (Fairway’s default)'}.
      </strong>{' '}
      <span className="dim">
        {live.decidedBy ? `Approved by ${live.decidedBy}. ` : ''}
        {mayDraft && 'Editing creates a draft.'}
      </span>
    </>
  );
}

function Saving({ state }: { readonly state: Draft['state'] }): ReactNode {
  switch (state.is) {
    case 'saved':
      return 'Saved.';
    case 'waiting':
    case 'saving':
      return 'Saving…';
    case 'failed':
      return <span className={styles.bad}>Not saved: {state.error.message}</span>;
    case 'superseded':
      return null;
  }
}

function Outdated({ draft, error }: { readonly draft: Draft; readonly error: Error }) {
  return (
    <div className={styles.superseded}>
      <span className={styles.bad}>
        <strong>Not saved.</strong> {error.message} Your changes are still on this page.
      </span>
      <Button size="compact-sm" variant="default" onClick={() => void draft.reload()}>
        Show the saved draft
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => void draft.overwrite()}>
        Overwrite with mine
      </Button>
    </div>
  );
}

function DraftButtons({ place, page, draft, rows, onShow, onProblem }: StatusBarProps) {
  const [handingIn, { open, close }] = useDisclosure(false);
  const problems = draft.saved?.problems.length ?? 0;
  const first = rows.find((row) => row.problems.length > 0);
  const begin = async () => {
    if (await draft.flush()) open();
  };
  return (
    <>
      {problems > 0 && (
        <Button
          size="compact-md"
          variant="light"
          color="red"
          onClick={() => {
            if (!first) return;
            onProblem(first.key);
            requestAnimationFrame(() =>
              document.querySelector('[data-open]')?.scrollIntoView({ block: 'center' }),
            );
          }}
        >
          {plural(problems, 'problem')}
        </Button>
      )}
      <Button size="compact-md" variant="default" onClick={() => onShow('changes')}>
        Changes
      </Button>
      <Button size="compact-md" variant="default" onClick={() => onShow('dry-run')}>
        Run on all records
      </Button>
      <Button size="compact-md" disabled={problems > 0} onClick={() => void begin()}>
        Submit for approval
      </Button>
      {handingIn && <SubmitModal place={place} page={page} draft={draft} onClose={close} />}
    </>
  );
}
