import { defaultModel } from '#src/domain/matching/default-model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { AppError } from '#src/domain/errors.ts';
import { companyFields, companyOf, readCompanyRows, type ColumnMap, type CsvRow } from './company-file.ts';
import { bestRow, rowAt, type Row } from './figures.ts';
import { pairErrors } from './pair-errors.ts';

export interface PairFigures {
  readonly n: number;
  readonly default: Row;
  readonly best: Row;
}

/**
 * Pairs with a label, 1 or 0: columns `name1`, `name2`, `label`, and optionally each other field with 1 or 2
 * behind it. The default row is the model as it is delivered, at the sum of bits from which it raises an
 * alert.
 *
 * @param worst the number of errors to print, the largest first
 */
export async function evalPairs(path: string, worst: number): Promise<PairFigures> {
  const rows = await readCompanyRows(path, ['name1', 'name2', 'label']);
  const scored = rows.map((row) => {
    const match = matchCompanies(
      normaliseCompany(companyOf(row, sideOf(row, 1))),
      normaliseCompany(companyOf(row, sideOf(row, 2))),
    );
    return { match, same: labelOf(row) };
  });
  for (const line of pairErrors(scored, defaultModel.thresholds.related, worst)) console.error(line);
  const counted = scored.map(({ match, same }) => ({
    score: match.bits,
    same: same ? 1 : 0,
    different: same ? 0 : 1,
  }));
  const truth = scored.filter(({ same }) => same).length;
  return {
    n: rows.length,
    default: rowAt(defaultModel.thresholds.related, counted, truth),
    best: bestRow(counted, truth),
  };
}

function sideOf(row: CsvRow, side: 1 | 2): ColumnMap {
  const columns = companyFields.map((field) => [field, `${field}${side}`] as const);
  const known = columns.filter(([, column]) => column in row);
  return { ...(`domain${side}` in row && { website: `domain${side}` }), ...Object.fromEntries(known) };
}

function labelOf({ label = '' }: CsvRow): boolean {
  if (label.trim() !== '1' && label.trim() !== '0')
    throw new AppError('bad_request', `A label is 1 or 0, not “${label}”.`);
  return label.trim() === '1';
}
