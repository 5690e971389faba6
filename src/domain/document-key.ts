/**
 * A number or code in the form in which it is compared: letter case, width and spaces make no difference.
 * People see it as it was written.
 */
export function foldKey(key: string): string {
  return key.normalize('NFKC').replaceAll(/\s+/gu, '').toUpperCase();
}
