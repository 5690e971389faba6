import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, expectAnswer, Refusal } from '../../api/client.ts';
import { closePack, type EditedPack, openPack } from './edit-pack.ts';
import { at, mappingPageQuery } from '../mapping-queries.ts';
import type { MappedLine, MappingPage, OpenVersion, Pack, Place, Problem } from '../mapping-types.ts';

/** The server's last answer about the draft. */
interface Saved {
  readonly version: number;
  readonly revision: number;
  /** The pack as it was sent; the paths of problems refer to its lines. */
  readonly pack: Pack;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export type SaveState =
  | { readonly is: 'saved' | 'waiting' | 'saving' }
  /** The reason why saving failed. The edits stay on the page. */
  | { readonly is: 'failed'; readonly error: Error }
  /** Another person saved or submitted the draft in the meantime. */
  | { readonly is: 'superseded'; readonly error: Error };

export interface Draft {
  readonly edited: EditedPack;
  /** Null until the first edit, which creates the draft. */
  readonly saved: Saved | null;
  readonly state: SaveState;
  /** Makes a change and returns the changed mapping. */
  readonly edit: (change: (edited: EditedPack) => EditedPack) => EditedPack;
  /** The revision of the last save. The one in saved is only as new as the last render. */
  readonly revision: () => number | null;
  /** Saves now; false when that failed. */
  readonly flush: () => Promise<boolean>;
  /** Replaces the page's edits with the server's draft. */
  readonly reload: () => Promise<void>;
  /** Overwrites another person's draft with the page's edits. */
  readonly overwrite: () => Promise<void>;
}

const settleMs = 500;

/**
 * The draft on the page. Every change is saved automatically after a moment; the first one creates the draft.
 */
export function useDraft(place: Place, page: MappingPage): Draft {
  const queries = useQueryClient();
  const [edited, setEdited] = useState(() => openPack(startOf(page)));
  const [saved, setSaved] = useState(() => savedOf(page.open));
  const [state, setState] = useState<SaveState>({ is: 'saved' });
  // The newest state for timers, which would otherwise see the state of the render that set them.
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
      // Cancels an earlier page request, whose answer would not contain the draft.
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
    // Edits made during a save are saved after it.
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

  // Shows other people's changes automatically while there are no unsaved edits.
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

/**
 * Updates the cached page with the saved draft, without loading the page again. A draft cannot be decided on, so
 * the content that a decision is about comes with the next load.
 */
function withDraft(
  page: MappingPage,
  draft: Omit<OpenVersion, 'mayApprove' | 'approvalBlocker' | 'shown'>,
): MappingPage {
  return { ...page, open: { mayApprove: false, approvalBlocker: null, shown: {}, ...page.open, ...draft } };
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
 * The problems of each line and of its custom field. Lines are compared by identity with the lines sent, so
 * an edited line has no problems until it is checked again.
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

/** The problems of the mapping as a whole. */
export function problemsOfWhole(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem) => !problem.path.startsWith('fields[') && !isOfCustomField(problem));
}
