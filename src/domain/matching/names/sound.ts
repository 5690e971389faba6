/**
 * Folds a word to how it sounds, because a name from another alphabet has no single spelling in Latin letters:
 * "yandeks" and "yandex", "panasonikku" and "panasonic", "samseong" and "samsung".
 */
const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/^(?:ts|tz|cz)/, 's'],
  [/sch|shch|sh|tch|ch|zh|cz|sz/g, 's'],
  [/ph/g, 'f'],
  [/kh|gh/g, 'h'],
  [/ck|cq|qu|q/g, 'k'],
  [/c(?=[eiy])/g, 's'],
  [/c/g, 'k'],
  [/x/g, 'ks'],
  [/dz|ts|tz|z/g, 's'],
  [/th|dt/g, 't'],
  [/[wv]/g, 'v'],
  [/dg|j/g, 'j'],
  [/n(?=[mpb])/g, 'm'],
  [/(.)h/g, '$1'],
  [/y/g, 'i'],
  [/(.)\1+/g, '$1'],
];

/** The sound of a word with its vowels. */
export function soundOf(word: string): string {
  let sound = word;
  for (const [pattern, replacement] of rules) sound = sound.replace(pattern, replacement);
  return sound;
}

/**
 * The consonants of a word, and a vowel only at its beginning. Japanese has no `l` and puts vowels between
 * consonants, and Korean and Chinese vowels have many spellings. Words with fewer than two consonants are
 * written with their vowels, because too many words would share one consonant.
 */
export function consonantsOf(word: string): string {
  const sound = soundOf(word).replaceAll('l', 'r');
  const consonants = sound
    .replace(/(?<=.)[aeiou]/g, '')
    .replace(/(.)\1+/g, '$1')
    .replace(/^[aeiou]/, 'a');
  return consonants.replace('a', '').length < 2 ? sound : consonants;
}
