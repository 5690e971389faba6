import {
  matchFields,
  type CompanyMatch,
  type MatchEvidence,
  type MatchField,
  type MatchLevel,
} from './company.ts';

const letters: Readonly<Record<MatchLevel, string>> = {
  exact: 'A',
  strong: 'B',
  close: 'C',
  weak: 'D',
  different: 'F',
  missing: 'Z',
};

/** One letter a field in the order of `matchFields`, as in `CompanyMatch.grade`. */
export function gradeOf(level: (field: MatchField) => MatchLevel): string {
  return matchFields.map((field) => letters[level(field)]).join('');
}

const words: Readonly<Record<MatchField, string>> = {
  registry_id: 'the registry id',
  domain: 'the domain',
  phone: 'the phone number',
  name: 'the name',
  words: 'the words they share',
  numbers: 'the number in the name',
  address: 'the address',
  postcode: 'the postcode',
  city: 'the city',
  country: 'the country',
};

/** A field this weighty could carry an alert by itself. */
const leadingBits = 1;

/**
 * What would have to differ for the pair to be told apart, a sentence for each field that speaks for a match,
 * the weightiest first; none for a pair that is `different` already.
 */
export function cleanIf(match: CompanyMatch): readonly string[] {
  if (match.verdict === 'different') return [];
  const carrying = match.evidence
    .filter(({ bits }) => bits >= leadingBits)
    .toSorted((a, b) => b.bits - a.bits);
  return carrying.map(
    (one) =>
      `Clean if ${words[one.field]} were another${enough(match, one) ? '' : ', and more of these'}: ${shown(one)}.`,
  );
}

/** Whether taking the field's bits away leaves less than even odds. */
function enough(match: CompanyMatch, one: MatchEvidence): boolean {
  return match.bits - one.bits < 0;
}

function shown({ left, right }: MatchEvidence): string {
  return left === right ? `both have ${left}` : `${left ?? 'none'} and ${right ?? 'none'}`;
}

/** What a partner or a rep may see: that something matched and how, never what the other side wrote. */
export interface RedactedMatch {
  readonly verdict: CompanyMatch['verdict'];
  readonly fields: readonly { readonly field: MatchField; readonly level: MatchLevel }[];
}

export function redacted({ verdict, evidence }: CompanyMatch): RedactedMatch {
  const told = evidence.filter(({ level }) => level !== 'missing' && level !== 'different');
  return { verdict, fields: told.map(({ field, level }) => ({ field, level })) };
}
