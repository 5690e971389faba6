import anyAscii from 'any-ascii';

/**
 * Folds text to comparable words: in ASCII and lower case, `&` as `and`, without apostrophes, and with
 * initials joined ("I.B.M." and "I B M" become "ibm"). All other characters separate words.
 */
export function foldWords(text: string): string[] {
  const words = transliterate(text)
    .toLowerCase()
    .replace(/['`]/g, '')
    .replaceAll('&', ' and ')
    .replace(/(?<![a-z0-9])(?:[a-z]\.)+[a-z](?![a-z0-9])/g, (initials) => initials.replaceAll('.', ''))
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return joinInitials(words);
}

/** Most names are ASCII already, and this check is much cheaper than the transliteration. */
function transliterate(text: string): string {
  return /[^ -~]/.test(text) ? anyAscii(text) : text;
}

function joinInitials(words: readonly string[]): string[] {
  const joined: string[] = [];
  let initials = '';
  for (const word of words) {
    if (/^[a-z]$/.test(word)) {
      initials += word;
      continue;
    }
    if (initials !== '') joined.push(initials);
    initials = '';
    joined.push(word);
  }
  if (initials !== '') joined.push(initials);
  return joined;
}
