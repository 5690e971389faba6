import type { Line } from './edit-pack.ts';
import type { DriftFinding, OurField, Problem, RemoteField, Suggestion } from '../mapping-types.ts';

/** One row of the editor: a mapped pair, or an unmapped field of either side. */
export interface Row {
  readonly key: string;
  readonly line: Line | null;
  /** The vendor's name of the field; null for a Fairway field that is not filled. */
  readonly remoteName: string | null;
  readonly remote: RemoteField | null;
  readonly localName: string | null;
  readonly ours: OurField | null;
  readonly suggestion: Suggestion | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly drift: readonly DriftFinding[];
}

export interface RowSources {
  readonly lines: readonly Line[];
  /** The pairs of the live version. */
  readonly live: ReadonlySet<string>;
  readonly remoteFields: readonly RemoteField[];
  readonly ourFields: readonly OurField[];
  readonly suggestions: readonly Suggestion[];
  readonly problems: ReadonlyMap<Line['field'], readonly Problem[]>;
  readonly warnings: ReadonlyMap<Line['field'], readonly Problem[]>;
  readonly drift: readonly DriftFinding[];
}

/**
 * First the live pairs in their order, then other CRM fields (suggested ones first; a newly mapped field
 * keeps its place), then unfilled Fairway fields.
 */
export function rowsOf(sources: RowSources): readonly Row[] {
  const { lines, live, remoteFields, ourFields, suggestions } = sources;
  const mapped = mappedRows(sources);
  const isLive = ({ line }: Row) => line !== null && live.has(pairOf(line.field));
  const mappedTheirs = new Set(lines.map(({ field }) => field.remote));
  const mappedOurs = new Set(lines.map(({ field }) => field.local));
  const rank = new Map(suggestions.map((one, index) => [one.remote, index]));
  const rankOf = ({ remoteName }: Row) => rank.get(remoteName ?? '') ?? suggestions.length;
  const open = new Map(
    suggestions.flatMap((one) =>
      one.local !== null && mappedOurs.has(one.local) ? [] : [[one.remote, one] as const],
    ),
  );
  const freeTheirs = remoteFields
    .filter((field) => !mappedTheirs.has(field.name))
    .map((remote): Row => ({
      ...emptyRow,
      key: `remote ${remote.name}`,
      remoteName: remote.name,
      remote,
      suggestion: open.get(remote.name) ?? null,
    }));
  const added = mapped.filter((row) => !isLive(row));
  const middle = [...added, ...freeTheirs].toSorted(
    (a, b) => rankOf(a) - rankOf(b) || labelOf(a).localeCompare(labelOf(b)),
  );
  const freeOurs = ourFields
    .filter((field) => !mappedOurs.has(field.name))
    .map((field): Row => ({ ...emptyRow, key: `ours ${field.name}`, localName: field.name, ours: field }));
  return [...mapped.filter(isLive), ...middle, ...freeOurs];
}

/** Identifies a line across versions. */
export const pairOf = ({ local, remote }: Line['field']): string => `${local} ${remote}`;

const labelOf = ({ remote, remoteName }: Row): string => remote?.label ?? remoteName ?? '';
const none: readonly never[] = [];
const emptyRow = {
  ...{ line: null, remoteName: null, remote: null, localName: null, ours: null, suggestion: null },
  ...{ problems: none, warnings: none, drift: none },
} satisfies Omit<Row, 'key'>;

function mappedRows({
  lines,
  remoteFields,
  ourFields,
  problems,
  warnings,
  drift,
}: RowSources): readonly Row[] {
  const theirs = new Map(remoteFields.map((field) => [field.name, field]));
  const ours = new Map(ourFields.map((field) => [field.name, field]));
  const drifted = Map.groupBy(drift, (finding) => finding.remote);
  return lines.map((line) => {
    const { field } = line;
    return {
      ...{
        key: line.id,
        line,
        remoteName: field.remote,
        remote: theirs.get(field.remote) ?? null,
        suggestion: null,
      },
      ...{ localName: field.local, ours: ours.get(field.local) ?? null },
      ...{
        problems: problems.get(field) ?? none,
        warnings: warnings.get(field) ?? none,
        drift: drifted.get(field.remote) ?? none,
      },
    };
  });
}

/**
 * Returns the previous row object when nothing in it changed, so that a page of 800 fields redraws only the
 * edited one.
 */
export function stableRows(): (rows: readonly Row[]) => readonly Row[] {
  let known = new Map<string, Row>();
  return (rows) => {
    const stable = rows.map((row) => {
      const last = known.get(row.key);
      return last && (Object.keys(row) as (keyof Row)[]).every((name) => Object.is(last[name], row[name]))
        ? last
        : row;
    });
    known = new Map(stable.map((row) => [row.key, row]));
    return stable;
  };
}

export const rowFilters = ['all', 'mapped', 'open', 'suggested', 'attention'] as const;
export type RowFilter = (typeof rowFilters)[number];

export function needsAttention({ problems, drift }: Row): boolean {
  return problems.length > 0 || drift.some((finding) => finding.stopsSync);
}

const shows: Readonly<Record<RowFilter, (row: Row) => boolean>> = {
  all: () => true,
  mapped: (row) => row.line !== null,
  open: (row) => row.line === null,
  suggested: (row) => row.suggestion !== null,
  attention: needsAttention,
};

/** @param pinned the row that is shown regardless of the search, because it is being edited */
export function filterRows(
  rows: readonly Row[],
  filter: RowFilter,
  search: { readonly theirs: string; readonly ours: string },
  pinned: string | null,
) {
  const [theirs, ours] = [wordsOf(search.theirs), wordsOf(search.ours)];
  return rows.filter(
    (row) =>
      row.key === pinned ||
      (shows[filter](row) &&
        holds(theirs, row.remoteName, row.remote?.label, row.remote?.type) &&
        holds(
          ours,
          row.localName ?? row.suggestion?.newField?.name ?? row.suggestion?.local,
          row.ours?.label ?? row.suggestion?.newField?.label,
        )),
  );
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

function holds(words: readonly string[], ...texts: readonly (string | null | undefined)[]): boolean {
  if (words.length === 0) return true;
  const all = texts
    .filter((text) => text !== null && text !== undefined)
    .join(' ')
    .toLowerCase();
  return all !== '' && words.every((word) => all.includes(word));
}
