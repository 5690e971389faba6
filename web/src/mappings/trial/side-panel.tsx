import { Tabs } from '../../ui/layout/tabs.tsx';
import { ChangesList } from '../versions/changes-list.tsx';
import { DryRunPanel } from './dry-run-panel.tsx';
import { HistoryPanel } from '../versions/history-panel.tsx';
import type { MappingPage, Pack, Place } from '../mapping-types.ts';
import { PreviewPanel } from './preview-panel.tsx';
import styles from './side-panel.module.css';
import type { Draft } from '../editor/use-draft.ts';

interface SidePanelProps {
  readonly place: Place;
  readonly page: MappingPage;
  readonly draft: Draft;
  /** The mapping on the page, saved or not. */
  readonly pack: Pack;
  readonly tab: string;
  readonly onTab: (tab: string) => void;
  /** The Fairway field of the open row. */
  readonly focused: string | null;
}

const tabs = [
  { value: 'preview', label: 'Preview' },
  { value: 'changes', label: 'Changes' },
  { value: 'dry-run', label: 'All records' },
  { value: 'history', label: 'History' },
];

const sidePanelId = 'mapping-side-panel';

/** On a narrow screen the panel is below the fields, which may be hundreds. */
export function showSidePanel(): void {
  if (matchMedia('(max-width: 1180px)').matches)
    document.getElementById(sidePanelId)?.scrollIntoView({ block: 'start' });
}

/**
 * The panel next to the fields: preview, dry run, changes and history.
 */
export function SidePanel({ place, page, draft, pack, tab, onTab, focused }: SidePanelProps) {
  const revision = draft.saved?.revision ?? null;
  return (
    <aside className={styles.panel} aria-label="What this mapping does" id={sidePanelId}>
      <Tabs label="What this mapping does" tabs={tabs} value={tab} onChange={onTab}>
        {tab === 'preview' && <PreviewPanel place={place} page={page} pack={pack} focused={focused} />}
        {tab === 'changes' &&
          (draft.saved ? (
            <>
              <p className={styles.lead}>
                {page.live
                  ? `Draft of version ${draft.saved.version} against version ${page.live.version}, which is live.`
                  : 'Everything is new.'}
              </p>
              <ChangesList place={place} from="live" to="draft" revision={revision} />
            </>
          ) : (
            <p className={styles.lead}>No changes: this version is live. Editing creates a draft.</p>
          ))}
        {tab === 'dry-run' && <DryRunPanel place={place} page={page} draft={draft} />}
        {tab === 'history' && <HistoryPanel place={place} page={page} draft={draft} />}
      </Tabs>
    </aside>
  );
}
