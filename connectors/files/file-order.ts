/** `2026-11-05`, `20261105` or `2026-11` in a file's name, not as a part of a longer number. */
const dateInName =
  /(?<!\d)(20\d\d)(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(?!\d)/;
const numbers = new Intl.Collator('en', { numeric: true });

/**
 * The order in which files were written: by the date in their names, then by their names, in which 9 comes
 * before 10. A name without a date comes before the names with one.
 */
export function inFileOrder(a: string, b: string): number {
  const dates = compare(dateOf(a), dateOf(b));
  return dates || numbers.compare(a, b) || compare(a, b);
}

function dateOf(name: string): string {
  const found = dateInName.exec(name);
  if (!found) return '';
  const [, year = '', month, day, compactMonth, compactDay] = found;
  return [year, month ?? compactMonth, day ?? compactDay].filter((part) => part !== undefined).join('-');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The place of a row among all rows, as a text that sorts: by its sequence number where the file has one, else
 * by the file and the line.
 */
export function positionOf(file: string, line: number, sequence: string | undefined): string {
  if (sequence !== undefined) return `2|${sequence.padStart(18, '0')}`;
  const name = file.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(20, '0'));
  return `1|${dateOf(file).padEnd(10)}|${name}|${String(line).padStart(9, '0')}`;
}
