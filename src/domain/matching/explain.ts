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

/** One letter per field in the order of `matchFields`, see `CompanyMatch.grade`. */
export function gradeOf(level: (field: MatchField) => MatchLevel): string {
  return matchFields.map((field) => letters[level(field)]).join('');
}

const fieldNames: Readonly<Record<MatchField, string>> = {
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

/** The fewest bits of a field that could cause an alert by itself. */
const leadingBits = 1;

/**
 * The differences that would make the pair `different`: one sentence per field that supports the match, the
 * strongest first. Empty for a pair that is `different` already.
 */
export function cleanIf(match: CompanyMatch): readonly string[] {
  if (match.verdict === 'different') return [];
  const supporting = match.evidence
    .filter(({ bits }) => bits >= leadingBits)
    .toSorted((a, b) => b.bits - a.bits);
  return supporting.map(
    (one) =>
      `No match if ${fieldNames[one.field]} were different${suffices(match, one) ? '' : ', together with other fields'}: ${shown(one)}.`,
  );
}

/** True if the odds are below even without the field's bits. */
function suffices(match: CompanyMatch, one: MatchEvidence): boolean {
  return match.bits - one.bits < 0;
}

function shown({ left, right }: MatchEvidence): string {
  return left === right ? `both have ${left}` : `${left ?? 'none'} and ${right ?? 'none'}`;
}

/**
 * The part of a match that partners and sales reps may see: which fields matched and how, without their
 * values.
 */
export interface RedactedMatch {
  readonly verdict: CompanyMatch['verdict'];
  readonly fields: readonly { readonly field: MatchField; readonly level: MatchLevel }[];
}

export function redacted({ verdict, evidence }: CompanyMatch): RedactedMatch {
  const matched = evidence.filter(({ level }) => level !== 'missing' && level !== 'different');
  return { verdict, fields: matched.map(({ field, level }) => ({ field, level })) };
}
