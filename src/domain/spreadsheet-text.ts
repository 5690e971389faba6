import { stringify } from 'csv-stringify/sync';

/** A spreadsheet in some language starts a formula with one of these, the wide and small forms included. */
const formulaStart = '=+\\-@＝＋－＠﹦﹢﹣﹫';

/**
 * A place that a program may read as the start of a cell with a formula, also behind blanks,
 * invisible characters and quotation marks. A spreadsheet set to `;` ignores our commas and quotation marks, so
 * the text behind each separator may become a separate cell. Tabs were replaced before.
 */
const formulaPlace = new RegExp(`(^|[,;])(?=[\\s\\p{Z}\\p{Cf}"“”„«»]*[${formulaStart}])`, 'gu');

/**
 * A text that no spreadsheet runs as a formula, whether it splits the file at commas, semicolons or tabs: an
 * apostrophe is put before each formula. Line breaks, tabs and control characters become one blank.
 */
export function spreadsheetText(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(formulaPlace, "$1'");
}

/** Lines of a CSV file that people open in a spreadsheet, and whose texts come from records. */
export function csvOf(lines: readonly (readonly (string | number)[])[]): string {
  return stringify(
    lines.map((line) => line.map((cell) => (typeof cell === 'string' ? spreadsheetText(cell) : cell))),
  );
}
