import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, expectAnswer, Refusal } from '../../api/client.ts';
import { closePack, type EditedPack, openPack } from './edit-pack.ts';
import { at, mappingPageQuery } from '../mapping-queries.ts';
import type { MappedLine, MappingPage, OpenVersion, Pack, Place, Problem } from '../mapping-types.ts';

/** What the server last said of the draft. */
interface Saved {
  readonly version: number;
  readonly revision: number;
  /** As it was sent: the problems' paths count its lines. */
  readonly pack: Pack;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export type SaveState =
  | { readonly is: 'saved' | 'waiting' | 'saving' }
  /** Not saved, and why; what was typed stays on the page. */
  | { readonly is: 'failed'; readonly error: Error }
  /** Somebody else saved the draft, or handed it in, meanwhile. */
  | { readonly is: 'superseded'; readonly error: Error };

export interface Draft {
  readonly edited: EditedPack;
  /** Null until something is changed: then a draft is begun. */
  readonly saved: Saved | null;
  readonly state: SaveState;
  /** Makes a change, and gives back the mapping with it. */
  readonly edit: (change: (edited: EditedPack) => EditedPack) => EditedPack;
  /** Of what is saved by now; the one of `saved` is as old as the last drawing of the page. */
  readonly revision: () => number | null;
  /** Saves now; false when that failed. */
  readonly flush: () => Promise<boolean>;
  /** Gives up what is on the page for what the server has. */
  readonly reload: () => Promise<void>;
  /** Saves what is on the page over what somebody else saved. */
  readonly overwrite: () => Promise<void>;
}

const settleMs = 500;

/**
 * The draft on the page: every change is saved to the server by itself, a moment after it was made. The first
 * one begins the draft.
 */
export function useDraft(place: Place, page: MappingPage): Draft {
  const queries = useQueryClient();
  const [edited, setEdited] = useState(() => openPack(startOf(page)));
  const [saved, setSaved] = useState(() => savedOf(page.open));
  const [state, setState] = useState<SaveState>({ is: 'saved' });
  // What the timers see: the newest, not what was when they were set.
  const now = useRef({ edited, saved, unsaved: false, busy: null as Promise<boolean> | null });
  const timer = useRef<number | undefined>(undefined);

  const adopt = useCallback((from: MappingPage) => {
    const opened = openPack(startOf(from));
    Object.assign(now.current, { edited: opened, saved: savedOf(from.open), unsaved: false });
    setEdited(opened);
    setSaved(now.current.saved);
    setState({ is: 'saved' });
  }, []);

  const send = useCallback(async (): Promise<boolean> => {
    setState({ is: 'saving' });
    const pack = closePack(now.current.edited);
    now.current.unsaved = false;
    try {
      const base = now.current.saved ?? savedOf(await expectAnswer(beginDraft(place)));
      const answer = await expectAnswer(
        api.PUT('/api/mappings/{connectionId}/{object}/draft', {
          params: at(place),
          body: { pack, revision: base?.revision ?? 1 },
        }),
      );
      now.current.saved = { ...answer, pack };
      setSaved(now.current.saved);
      setState({ is: now.current.unsaved ? 'waiting' : 'saved' });
      // A page that was asked for before would come back without it.
      await queries.cancelQueries({ queryKey: mappingPageQuery(place).queryKey });
      queries.setQueryData(mappingPageQuery(place).queryKey, (old) => old && withDraft(old, answer));
      return true;
    } catch (error) {
      now.current.unsaved = true;
      const superseded =
        error instanceof Refusal && (error.code === 'conflict' || error.code === 'not_found');
      setState({ is: superseded ? 'superseded' : 'failed', error: error as Error });
      return false;
    }
  }, [place, queries]);

  const save = useCallback(async (): Promise<boolean> => {
    window.clearTimeout(timer.current);
    if (now.current.busy) await now.current.busy;
    let done = true;
    // What is typed while it is being sent is sent after it.
    while (done && now.current.unsaved) {
      now.current.busy = send();
      done = await now.current.busy;
      now.current.busy = null;
    }
    return done;
  }, [send]);

  const edit = useCallback(
    (change: (edited: EditedPack) => EditedPack) => {
      const next = change(now.current.edited);
      if (next === now.current.edited) return next;
      Object.assign(now.current, { edited: next, unsaved: true });
      setEdited(next);
      setState((old) => (old.is === 'superseded' ? old : { is: 'waiting' }));
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => void save(), settleMs);
      return next;
    },
    [save],
  );

  const revision = useCallback(() => now.current.saved?.revision ?? null, []);
  const refetch = useCallback(
    () => queries.fetchQuery({ ...mappingPageQuery(place), staleTime: 0 }),
    [place, queries],
  );
  const reload = useCallback(async () => adopt(await refetch()), [adopt, refetch]);
  const overwrite = useCallback(async () => {
    now.current.saved = savedOf((await refetch()).open);
    now.current.unsaved = true;
    await save();
  }, [refetch, save]);

  // What others did shows by itself as long as nothing of one's own would be lost.
  useEffect(() => {
    const { unsaved, busy, saved: known } = now.current;
    if (!unsaved && !busy && isOther(known, page.open)) adopt(page);
  }, [page, adopt]);
  useLeaveGuard(state);
  return { edited, saved, state, edit, revision, flush: save, reload, overwrite };
}

function beginDraft(place: Place) {
  const { path, query } = at(place);
  return api.POST('/api/mappings/{connectionId}/{object}/draft', { params: { path }, body: query });
}

const startOf = ({ open, live, connection, object, kind }: MappingPage): Pack =>
  open?.pack ?? live?.pack ?? { system: connection.system, object, kind, version: 1, fields: [] };

function savedOf(
  open: Pick<OpenVersion, 'version' | 'revision' | 'pack' | 'problems' | 'warnings'> | null,
): Saved | null {
  if (!open) return null;
  const { version, revision, pack, problems, warnings } = open;
  return { version, revision, pack, problems, warnings };
}

function isOther(known: Saved | null, open: OpenVersion | null): boolean {
  if (known === null || open === null) return known !== open;
  return known.version !== open.version || open.revision > known.revision;
}

/** The page as it is with a draft that was saved, without asking for all of it again. */
function withDraft(
  page: MappingPage,
  draft: Omit<OpenVersion, 'mayApprove' | 'approvalBlocker'>,
): MappingPage {
  return { ...page, open: { mayApprove: false, approvalBlocker: null, ...page.open, ...draft } };
}

function useLeaveGuard({ is }: SaveState): void {
  useEffect(() => {
    if (is === 'saved') return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [is]);
}

/**
 * The problems of each line, with those of the field of one's own it fills. Lines are the very objects that
 * were sent, so one that was edited since has none until it is checked again.
 */
export function problemsByLine(
  pack: Pack,
  problems: readonly Problem[],
): ReadonlyMap<MappedLine, readonly Problem[]> {
  const found = new Map<MappedLine, Problem[]>();
  for (const problem of problems) {
    const index = /^fields\[(\d+)\]/.exec(problem.path)?.[1];
    const line =
      index === undefined
        ? pack.fields.find((one) => isOfCustomField(problem) && one.local === problem.field)
        : pack.fields[Number(index)];
    if (line) found.set(line, [...(found.get(line) ?? []), problem]);
  }
  return found;
}

const isOfCustomField = ({ path, field }: Problem): boolean =>
  path.startsWith('extra[') && field.startsWith('extra.');

/** What is said of the mapping as a whole. */
export function problemsOfWhole(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem) => !problem.path.startsWith('fields[') && !isOfCustomField(problem));
}
