import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Db } from '#src/db/client.ts';
import { dismissedAmong, pairKey } from '#src/db/duplicates/dismissal-store.ts';
import { pairsOf, type DuplicateReport } from '#src/db/duplicates/duplicate-store.ts';
import { accountsWithUsage, type AccountWithUsage } from '#src/db/duplicates/duplicate-view.ts';
import { differencesOf } from '#src/domain/duplicates/differences.ts';
import { reasonsOf } from '#src/domain/duplicates/reasons.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { csvOf } from '#src/domain/spreadsheet-text.ts';
import { crmRecordUrl } from '#src/operations/connections/crm-record-url.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { shownGroups, type ShownDuplicate, type ShownGroup } from './list-groups.ts';

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
 * The report as CSV for the person who merges in the CRM, one line for each merge, in parts to save memory.
 */
export async function* duplicatesCsv(
  db: Db,
  connection: Connection,
  report: DuplicateReport,
): AsyncGenerator<string> {
  yield csvOf([columns]);
  for await (const group of shownGroups(db, report))
    yield csvOf(group.others.map((duplicate) => cells(mergeLine(connection, group, duplicate))));
  if (!report.related) return;
  const model = await liveModel(db);
  for await (const pairs of pairsOf(db, report.id, 'related', relatedAtOnce)) {
    const ids = pairs.flatMap(({ leftId, rightId }) => [leftId, rightId]);
    const accounts = await accountsWithUsage(db, report.connectionId, ids);
    const dismissed = await dismissedAmong(db, ids);
    const lines = pairs.flatMap((pair) => {
      const left = accounts.get(pair.leftId);
      const right = accounts.get(pair.rightId);
      return left && right && !dismissed.has(pairKey(pair))
        ? [cells(relatedLine(connection, left, right, model))]
        : [];
    });
    yield csvOf(lines);
  }
}

function cells(line: Line): readonly (string | number)[] {
  return columns.map((column) => line[column]);
}

function mergeLine(
  connection: Connection,
  { number, survivor, reason, partialMatches }: ShownGroup,
  duplicate: ShownDuplicate,
): Line {
  const { account, matchedThrough } = duplicate;
  const notes: string[] = [];
  if (survivor.isPartner && account.isPartner)
    notes.push('Both are partners: merge them only when they are paid as one.');
  if (partialMatches.length > 0)
    notes.push(
      `Check these as well: ${partialMatches.map(({ name, extId }) => `${name} (${extId})`).join(', ')}`,
    );
  return {
    ...pairCells(connection, survivor, account, duplicate),
    suggestion: 'merge',
    group: number,
    survivor_because: reason,
    recognised_by: matchedThrough === null ? '' : `${matchedThrough.name} (${matchedThrough.extId})`,
    note: notes.join(' '),
  };
}

function relatedLine(
  connection: Connection,
  left: AccountWithUsage,
  right: AccountWithUsage,
  model: MatchModel,
): Line {
  const match = matchCompanies(left.normal, right.normal, model);
  const comparison = {
    score: match.score,
    reasons: reasonsOf(match),
    differences: differencesOf(left.values, right.values),
  };
  return {
    ...pairCells(connection, left, right, comparison),
    suggestion: 'look',
    group: '',
    survivor_because: '',
    recognised_by: '',
    note: 'Companies of one group, or too similar to decide.',
  };
}

type Comparison = Pick<ShownDuplicate, 'score' | 'reasons' | 'differences'>;

function pairCells(
  connection: Connection,
  survivor: AccountWithUsage,
  loser: AccountWithUsage,
  { score, reasons, differences }: Comparison,
) {
  return {
    survivor_id: survivor.extId,
    survivor_name: survivor.name,
    loser_id: loser.extId,
    loser_name: loser.name,
    score: score.toFixed(2),
    reasons: reasons.for.join('; '),
    against: reasons.against.join('; '),
    differences: differences
      .map(
        ({ field, survivorValue, otherValue }) =>
          `${field}: ${survivorValue ?? '(empty)'} | ${otherValue ?? '(empty)'}`,
      )
      .join('; '),
    survivor_url: crmRecordUrl({ ...connection, ...survivor }) ?? '',
    loser_url: crmRecordUrl({ ...connection, ...loser }) ?? '',
  };
}
