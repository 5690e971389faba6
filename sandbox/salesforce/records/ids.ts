const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const suffixes = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
/** The part of an id that says which instance made it; the same for the whole org. */
const instance = 'Qy0';

/**
 * The three characters that make a case-sensitive id safe where case is lost: one bit for each upper-case
 * letter.
 */
function checksum(id15: string): string {
  let suffix = '';
  for (let chunk = 0; chunk < 15; chunk += 5) {
    let bits = 0;
    for (let bit = 0; bit < 5; bit += 1) if (/[A-Z]/.test(id15.charAt(chunk + bit))) bits |= 1 << bit;
    suffix += suffixes.charAt(bits);
  }
  return suffix;
}

/** The nth id of an object. The digits sort as text, so later records have greater ids. */
export function makeId(keyPrefix: string, n: number): string {
  let rest = n;
  let counter = '';
  for (let place = 0; place < 9; place += 1) {
    counter = digits.charAt(rest % 62) + counter;
    rest = Math.floor(rest / 62);
  }
  const id15 = keyPrefix + instance + counter;
  return id15 + checksum(id15);
}

/** Which one of its object `makeId` gave this id to. */
export function ordinalOf(id: string): number {
  let n = 0;
  for (const character of id.slice(6, 15)) n = n * 62 + digits.indexOf(character);
  return n;
}

/** The 18-character form of a 15- or 18-character id; null when it is neither. */
export function toId18(value: unknown): string | null {
  if (typeof value !== 'string' || !/^([0-9A-Za-z]{15}|[0-9A-Za-z]{18})$/.test(value)) return null;
  const id15 = value.slice(0, 15);
  const id18 = id15 + checksum(id15);
  return value.length === 15 || value === id18 ? id18 : null;
}

/** The key prefix of the nth custom object: a00, a01 … a0z, a10. */
export function customKeyPrefix(n: number): string {
  return `a${digits.charAt(Math.floor(n / 62))}${digits.charAt(n % 62)}`;
}
