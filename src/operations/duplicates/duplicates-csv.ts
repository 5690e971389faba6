import { stringify } from 'csv-stringify/sync';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Db } from '#src/db/client.ts';
import { dismissedAmong, pairKey } from '#src/db/duplicates/dismissal-store.ts';
import { pairsOf, type DuplicateReport } from '#src/db/duplicates/duplicate-store.ts';
import { accountsWithUsage, type AccountWithUsage } from '#src/db/duplicates/duplicate-view.ts';
import { differencesOf, type FieldDifference } from '#src/domain/duplicates/differences.ts';
import { reasonsOf, type Reasons } from '#src/domain/duplicates/reasons.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { crmRecordUrl } from '#src/operations/connections/crm-record-url.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { shownGroups, type ShownGroup } from './list-groups.ts';

/** The columns, in this order. `docs/duplicates.md` describes each. */
const columns = [
  'suggestion',
  'group',
  'survivor_id',
  'survivor_name',
  'survivor_because',
  'loser_id',
  'loser_name',
  'score',
  'reasons',
  'against',
  'recognised_by',
  'differences',
  'note',
  'survivor_url',
  'loser_url',
] as const;
type Line = Readonly<Record<(typeof columns)[number], string | number>>;

const relatedAtOnce = 500;

/**
 * The report as a file for whoever merges in the CRM, a line a merge; a part at a time, so that a long one
 * needs no memory.
 */
export async function* duplicatesCsv(
  db: Db,
  connection: Connection,
  report: DuplicateReport,
): AsyncGenerator<string> {
  yield written([columns]);
  for await (const group of shownGroups(db, report))
    yield written(group.others.map((_, at) => cells(mergeLine(connection, group, at))));
  if (!report.related) return;
  const model = await liveModel(db);
  for await (const pairs of pairsOf(db, report.id, 'related', relatedAtOnce)) {
    const ids = pairs.flatMap(({ leftId, rightId }) => [leftId, rightId]);
    const accounts = await accountsWithUsage(db, report.connectionId, ids);
    const told = await dismissedAmong(db, ids);
    const lines = pairs.flatMap((pair) => {
      const [left, right] = [accounts.get(pair.leftId), accounts.get(pair.rightId)];
      return left && right && !told.has(pairKey(pair))
        ? [cells(relatedLine(connection, left, right, model))]
        : [];
    });
    yield written(lines);
  }
}

/**
 * What begins like a formula gets an apostrophe: whoever opens the file in a spreadsheet did not ask to run a
 * name.
 */
function written(lines: readonly (readonly (string | number)[])[]): string {
  return stringify([...lines.map((line) => [...line])], { escape_formulas: true });
}

function cells(line: Line): readonly (string | number)[] {
  return columns.map((column) => line[column]);
}

function mergeLine(
  connection: Connection,
  { no, survivor, why, others, near }: ShownGroup,
  at: number,
): Line {
  const one = others[at];
  if (!one) throw new TypeError(`group ${no} has no account ${at}`);
  const partners = [survivor, one.account].filter(({ isPartner }) => isPartner).length;
  const notes = [
    ...(partners === 2 ? ['Both are partners: merge them only when they are paid as one.'] : []),
    ...(near.length > 0
      ? [`Look at these, too: ${near.map(({ name, extId }) => `${name} (${extId})`).join(', ')}`]
      : []),
  ];
  const by = one.by === null ? '' : `${one.by.name} (${one.by.extId})`;
  return {
    ...pairCells(connection, survivor, one.account, one),
    ...{ suggestion: 'merge', group: no, survivor_because: why, recognised_by: by, note: notes.join(' ') },
  };
}

function relatedLine(
  connection: Connection,
  left: AccountWithUsage,
  right: AccountWithUsage,
  model: MatchModel,
): Line {
  const match = matchCompanies(left.normal, right.normal, model);
  const pair = {
    score: match.score,
    reasons: reasonsOf(match),
    differences: differencesOf(left.values, right.values),
  };
  return {
    ...pairCells(connection, left, right, pair),
    ...{ suggestion: 'look', group: '', survivor_because: '', recognised_by: '' },
    note: 'One group, or too alike to tell.',
  };
}

interface Compared {
  readonly score: number;
  readonly reasons: Reasons;
  readonly differences: readonly FieldDifference[];
}

function pairCells(
  connection: Connection,
  kept: AccountWithUsage,
  other: AccountWithUsage,
  { score, reasons, differences }: Compared,
) {
  return {
    ...{ survivor_id: kept.extId, survivor_name: kept.name, loser_id: other.extId, loser_name: other.name },
    ...{ score: score.toFixed(2), reasons: reasons.for.join('; '), against: reasons.against.join('; ') },
    differences: differences
      .map(
        ({ field, survivorValue: ours, otherValue: theirs }) =>
          `${field}: ${ours ?? '(empty)'} | ${theirs ?? '(empty)'}`,
      )
      .join('; '),
    ...{
      survivor_url: crmRecordUrl({ ...connection, ...kept }) ?? '',
      loser_url: crmRecordUrl({ ...connection, ...other }) ?? '',
    },
  };
}
