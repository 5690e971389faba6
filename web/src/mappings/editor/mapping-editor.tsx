import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useMay } from '../../shell/session.ts';
import { BackfillCard } from '../backfill/backfill-card.tsx';
import { DriftCallout } from '../drift/drift-callout.tsx';
import { closePack } from './edit-pack.ts';
import { EditorContext, type EditorParts } from './editor-context.ts';
import { FieldList } from './field-list.tsx';
import styles from './mapping-editor.module.css';
import { suggestionsQuery } from '../mapping-queries.ts';
import type { MappingPage, OurField, CustomField, Place } from '../mapping-types.ts';
import { customFieldLabel } from './line/custom-field-form.tsx';
import { pairOf, stableRows, rowsOf } from './rows.ts';
import { showSidePanel, SidePanel } from '../trial/side-panel.tsx';
import { StatusBar } from '../versions/status-bar.tsx';
import { problemsByLine, problemsOfWhole, useDraft } from './use-draft.ts';
import { WholeProblems } from './whole-problems.tsx';

const noProblems = new Map<never, never>();

/**
 * The editor of one mapping: state, fields of both sides, and the panel with preview and changes.
 */
export function MappingEditor({ place, page }: { readonly place: Place; readonly page: MappingPage }) {
  const mayDraft = useMay('draft_mappings');
  const draft = useDraft(place, page);
  const { edited, saved } = draft;
  const editable = mayDraft && page.open?.status !== 'submitted';
  const suggested = useQuery({ ...suggestionsQuery(place), enabled: editable });
  const [openRow, setOpenRow] = useState<string | null>(null);
  const [tab, setTab] = useState('preview');

  const ourFields = useMemo(
    () => withCustomField(page.ourFields, edited.whole.extra ?? []),
    [page.ourFields, edited.whole.extra],
  );
  const checked = saved ?? page.live;
  const live = useMemo(() => new Set(page.live?.pack.fields.map(pairOf)), [page.live]);
  const [stabilise] = useState(stableRows);
  const rows = useMemo(
    () =>
      stabilise(
        rowsOf({
          lines: edited.lines,
          live,
          remoteFields: page.remoteFields,
          ourFields,
          suggestions: suggested.data?.suggestions ?? [],
          problems: checked ? problemsByLine(checked.pack, checked.problems) : noProblems,
          warnings: checked ? problemsByLine(checked.pack, checked.warnings) : noProblems,
          drift: page.drift?.findings ?? [],
        }),
      ),
    [stabilise, edited.lines, live, page.remoteFields, ourFields, suggested.data, checked, page.drift],
  );
  const pack = useMemo(() => closePack(edited), [edited]);
  const settledPack = useDeferredValue(pack);
  const parts = useMemo(
    (): EditorParts => ({
      ...{
        place,
        crm: page.connection.name,
        editable,
        edit: draft.edit,
        ourFields,
        remoteFields: page.remoteFields,
      },
      ...{ transforms: page.transforms, kind: page.kind },
    }),
    [
      place,
      page.connection.name,
      editable,
      draft.edit,
      ourFields,
      page.remoteFields,
      page.transforms,
      page.kind,
    ],
  );
  const showTab = useCallback((shown: string) => {
    setTab(shown);
    showSidePanel();
  }, []);
  const show = useCallback((key: string | null) => setOpenRow(key), []);
  const openLocal = rows.find((row) => row.key === openRow)?.localName ?? null;
  return (
    <EditorContext value={parts}>
      <StatusBar place={place} page={page} draft={draft} onShow={showTab} onProblem={show} rows={rows} />
      <DriftCallout page={page} draft={draft} editable={editable} />
      <BackfillCard place={place} page={page} />
      <WholeProblems problems={problemsOfWhole(checked?.problems ?? [])} />
      <Button className={styles.jump ?? ''} variant="default" size="compact-md" onClick={showSidePanel}>
        Preview, changes and history
      </Button>
      <div className={styles.columns}>
        <FieldList
          rows={rows}
          openRow={openRow}
          onOpen={show}
          suggesting={suggested.isLoading}
          suggestTrouble={suggested.error?.message ?? suggested.data?.sampleProblem ?? null}
          edited={edited}
        />
        <SidePanel
          place={place}
          page={page}
          draft={draft}
          pack={settledPack}
          tab={tab}
          onTab={setTab}
          focused={openLocal}
        />
      </div>
    </EditorContext>
  );
}

/** Fairway's fields with the custom fields that the draft declares. */
function withCustomField(fields: readonly OurField[], added: readonly CustomField[]): readonly OurField[] {
  const declared = added.map((field): OurField => {
    const { name, type, values } = field;
    return {
      ...{ name: `extra.${name}`, label: customFieldLabel(field), type, values: values ? [...values] : null },
      ...{ required: false, owner: 'remote', to: null, extra: true },
    };
  });
  return [...fields.filter((field) => !field.extra), ...declared];
}
