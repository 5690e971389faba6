/** Invisible characters: with them, two keys that look the same would be two documents or two partners. */
const invisible = /[\p{Cf}\p{Cc}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const visibleGap = /^[\p{Zs}\t\r\n]+|[\p{Zs}\t\r\n]+$/gu;
/** A spreadsheet shows a long number in this way, and writes it so: different numbers become the same. */
const scientific = /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i;
const spreadsheetError = /^#(?:#*|N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!)$/i;

/** Why a number or code cannot be the one that the ERP has; null when nothing speaks against it. */
export function keyFault(cell: string): { readonly message: string; readonly fix: string } | null {
  const key = cell.replaceAll(visibleGap, '');
  const shown = JSON.stringify(key);
  if (key.includes('\uFFFD'))
    return {
      message: `is ${shown}: the sign � replaces a character that a program could not read.`,
      fix: 'Export the file again from the ERP as UTF-8.',
    };
  const hidden = invisible.exec(key);
  if (hidden)
    return {
      message: `has an invisible character (U+${hidden[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}).`,
      fix: 'Remove the invisible character in the ERP and export again.',
    };
  if (scientific.test(key) || spreadsheetError.test(key))
    return {
      message: `is ${shown}: a spreadsheet has replaced the number.`,
      fix: 'Export the file again from the ERP, and do not save it with a spreadsheet.',
    };
  if (/^[='@]|"/.test(key))
    return {
      message: `is ${shown}: a spreadsheet formula or quotes are around the number.`,
      fix: 'Export the bare number or code, without ="…" and without quotes.',
    };
  return null;
}
