const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The spellings of a record id that a person may paste. Some CRMs show an id of 15 letters and digits whose case
 * matters, and use one of 18 in their API: each of the three further letters says which of five are capitals.
 */
export function idSpellings(text: string): readonly string[] {
  const id = text.trim();
  if (!/^[a-zA-Z0-9]{15}$/.test(id)) return [id];
  const suffix = [0, 5, 10].map((start) => {
    const capitals = [...id.slice(start, start + 5)].map((letter, n) => (/[A-Z]/.test(letter) ? 1 << n : 0));
    return letters[capitals.reduce((sum, bit) => sum + bit, 0)];
  });
  return [id, `${id}${suffix.join('')}`];
}
