import { countryWords } from '#src/domain/country.ts';

function wordSet(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}

/** Words that do not identify a company. */
export const fillers: ReadonlySet<string> = wordSet(
  'and of the for in de la le les du des del di der die das und et y e og och en von van',
);

/**
 * Words for a part of a group: a region, a division or a function. "Acme Nordics" and "Acme Holdings" are
 * both Acme.
 */
const groupWords: ReadonlySet<string> = wordSet(
  'group groupe grupo gruppe gruppo holdings international global worldwide enterprises com online',
  'division branch office headquarters hq subsidiary sales distribution niederlassung vertrieb regional',
  'europe europa european emea apac latam mea asia africa america americas pacific nordic nordics',
  'benelux dach iberia baltics gulf north south east west northern southern eastern western central',
  'uk usa us uae eu nz kingdom states zealand korea deutschland osterreich schweiz suisse italia',
  'espana nederland belgie belgique sverige norge danmark suomi polska brasil cesko turkiye nippon',
  'british german french italian spanish american canadian australian indian japanese chinese dutch',
);

/** Words that are so common that sharing them is no evidence: "Bank of India", "Bank of China". */
const commonWords: ReadonlySet<string> = wordSet(
  'bank banco banque insurance capital fund trust finance financial investments partners ventures energy',
  'power oil gas steel metal metals mining gold water electric food foods health healthcare medical',
  'university hospital school college city county state department ministry institute association',
  'foundation technology system solutions service software digital data media design consulting engineering',
  'manufacturing industries industrial products trading logistics transport airlines motors auto',
  'construction real estate first national united general standard premier prime new royal star blue green',
  'red smart future alpha beta gamma delta omega sigma planet metro union center laboratories',
  'pharmaceuticals network motor chemicals electronics communications telecommunications railway airport',
  'chemical electric pharmacy hotel hotels restaurant clinic academy library museum court police army navy',
  'defence defense justice interior affairs embassy consulate parliament commission committee council',
  'municipality canton province region government agency authority bureau administration federal',
  'transportation shipping steel petroleum supply materials resources machinery automotive works',
);

/** Heads of names that a place distinguishes: "University of Miami". */
export const placeHeads: ReadonlySet<string> = new Set([
  'university',
  'college',
  'institute',
  'school',
  'academy',
]);

export function isPartWord(word: string): boolean {
  return groupWords.has(word) || countryWords.has(word);
}

/** True if sharing the word is evidence that two names belong together. */
export function isDistinctive(word: string): boolean {
  return !isPartWord(word) && !commonWords.has(word) && !/^\d+$/.test(word);
}
