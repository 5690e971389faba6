import { defaultModel } from '#src/domain/matching/default-model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { AppError } from '#src/domain/errors.ts';
import { companyFields, companyOf, readCompanyRows, type ColumnMap, type CsvRow } from './company-file.ts';
import { bestRow, rowAt, type Row } from './figures.ts';
import { halfOf, type Half } from './labelled-pairs/shipped-pairs.ts';
import { kindOf, pairErrors, type LabelledMatch } from './pair-errors.ts';

export interface PairFigures {
  readonly n: number;
  readonly default: Row;
  readonly best: Row;
  /** Only if the file has a column `kind`. */
  readonly kinds?: Readonly<Record<string, KindFigures>>;
}

export interface KindFigures {
  readonly n: number;
  /** The pairs with label 1, and those of them with an alert. */
  readonly wanted: number;
  readonly found: number;
  /** The pairs with label 0 and an alert. */
  readonly falseAlerts: number;
}

export interface PairOptions {
  /** The number of errors to print, the largest first. */
  readonly worst: number;
  /** Compare the names and nothing else. */
  readonly namesOnly: boolean;
  readonly half: Half | null;
}

/**
 * Pairs with a label, 1 or 0: columns `name1`, `name2`, `label`, and optionally each other field with 1 or 2
 * behind it. The default row is the model as it is delivered, at the sum of bits from which it raises an
 * alert.
 */
export async function evalPairs(path: string, { worst, namesOnly, half }: PairOptions): Promise<PairFigures> {
  const rows = (await readCompanyRows(path, ['name1', 'name2', 'label'])).filter(
    ({ name1 = '', name2 = '' }) => half === null || halfOf(name1, name2) === half,
  );
  const scored = rows.map((row) => {
    const match = matchCompanies(
      normaliseCompany(companyOf(row, sideOf(row, 1, namesOnly))),
      normaliseCompany(companyOf(row, sideOf(row, 2, namesOnly))),
    );
    return { match, same: labelOf(row), kind: kindOf(row) };
  });
  const { related } = defaultModel.thresholds;
  for (const line of pairErrors(scored, related, worst)) console.error(line);
  const counted = scored.map(({ match, same }) => ({
    score: match.bits,
    same: same ? 1 : 0,
    different: same ? 0 : 1,
  }));
  const truth = scored.filter(({ same }) => same).length;
  return {
    n: rows.length,
    default: rowAt(related, counted, truth),
    best: bestRow(counted, truth),
    ...(rows.some((row) => kindOf(row) !== null) && { kinds: kindFigures(scored, related) }),
  };
}

function kindFigures(
  scored: readonly LabelledMatch[],
  threshold: number,
): Readonly<Record<string, KindFigures>> {
  const byKind = Map.groupBy(scored, ({ kind }) => kind ?? '');
  const entries = [...byKind].map(([kind, pairs]): [string, KindFigures] => {
    const wanted = pairs.filter(({ same }) => same);
    const alerts = pairs.filter(({ match }) => match.bits >= threshold);
    const found = alerts.filter(({ same }) => same).length;
    return [kind, { n: pairs.length, wanted: wanted.length, found, falseAlerts: alerts.length - found }];
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function sideOf(row: CsvRow, side: 1 | 2, namesOnly: boolean): ColumnMap {
  if (namesOnly) return { name: `name${side}` };
  const columns = companyFields.map((field) => [field, `${field}${side}`] as const);
  const known = columns.filter(([, column]) => column in row);
  return { ...(`domain${side}` in row && { website: `domain${side}` }), ...Object.fromEntries(known) };
}

function labelOf({ label = '' }: CsvRow): boolean {
  if (label.trim() !== '1' && label.trim() !== '0')
    throw new AppError('bad_request', `A label is 1 or 0, not “${label}”.`);
  return label.trim() === '1';
}
