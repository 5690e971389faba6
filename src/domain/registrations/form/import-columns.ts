/** The columns of a CSV file with registrations. */
import { nearestName } from '#src/domain/program/document/problems.ts';
import type { RegistrationForm } from './form.ts';

/** Columns that belong to the submission and not to its form. */
const submissionColumns = ['partner', 'key', 'number'] as const;

/** The name of the field of each column, or a sentence for each column that is wrong. */
export type ImportColumns =
  | { readonly ok: true; readonly fields: ReadonlyMap<number, string> }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Finds the field of each column by its name or its label in either language.
 *
 * @param fold writes a name so that equal columns are equal
 */
export function importColumns(
  form: RegistrationForm,
  header: readonly string[],
  fold: (name: string) => string,
): ImportColumns {
  const byName = new Map<string, string>();
  for (const { name, label } of form) for (const text of [label.de, label.en]) byName.set(fold(text), name);
  for (const { name } of form) byName.set(fold(name), name);
  for (const name of submissionColumns) byName.set(name, name);
  const fields = new Map<number, string>();
  const problems: string[] = [];
  for (const [index, cell] of header.entries()) {
    const name = fold(cell);
    if (name === '') continue;
    const field = byName.get(name);
    if (field === undefined) problems.push(unknownColumn(cell, [...byName.keys()]));
    else if ([...fields.values()].includes(field))
      problems.push(`Column ${cell}: there is another column for ${field}. Remove one.`);
    else fields.set(index, field);
  }
  return problems.length === 0 ? { ok: true, fields } : { ok: false, problems };
}

function unknownColumn(cell: string, known: readonly string[]): string {
  const similar = nearestName(cell, known);
  const fix =
    similar === null
      ? 'Remove it, or rename it to a field of the form.'
      : `The nearest name is "${similar}".`;
  return `Column ${cell.slice(0, 80)}: the form has no such field. ${fix}`;
}
