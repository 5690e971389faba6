import type { CompanyMatch, MatchEvidence, MatchField, MatchLevel } from '#src/domain/matching/company.ts';

type Found = Exclude<MatchLevel, 'missing'>;
type Phrases = Readonly<Partial<Record<Found, string>>>;

const alike: Readonly<Record<MatchField, Phrases>> = {
  registry_id: { exact: 'same registry id' },
  domain: {
    exact: 'same domain',
    strong: 'a contact’s e-mail address has the other’s domain',
    close: 'same domain under another ending',
    weak: 'the domain of one is the name of the other',
  },
  phone: {
    exact: 'same phone',
    strong: 'same phone, once without its country or area code',
    close: 'extensions of the same phone number',
  },
  name: {
    exact: 'same name',
    strong: 'almost the same name',
    close: 'similar names',
    weak: 'one name is part of the other',
  },
  // Rare words are part of the sentence about the name.
  words: {},
  numbers: {},
  address: {
    exact: 'same address',
    strong: 'almost the same address',
    close: 'neighbouring addresses',
    weak: 'same house number',
  },
  postcode: { exact: 'same postcode', close: 'same postal district' },
  city: { exact: 'same city', close: 'almost the same city' },
  country: { exact: 'same country' },
};

const apart: Readonly<Partial<Record<MatchField, string>>> = {
  registry_id: 'different registry ids',
  domain: 'different domains',
  phone: 'different phones',
  name: 'different names',
  numbers: 'different numbers in the names',
  address: 'different addresses',
  postcode: 'different postcodes',
  city: 'different cities',
  country: 'different countries',
};

/** The reasons for and against two accounts being the same customer. */
export interface Reasons {
  /** The strongest first. */
  readonly for: readonly string[];
  readonly against: readonly string[];
}

/** Describes a match in phrases with the compared values: "same domain (acme.com)". */
export function reasonsOf({ evidence }: CompanyMatch): Reasons {
  const byWeight = evidence.toSorted((a, b) => Math.abs(b.bits) - Math.abs(a.bits));
  return {
    for: byWeight.flatMap((one) =>
      phraseWithValues(one, one.level === 'missing' ? undefined : alike[one.field][one.level]),
    ),
    against: byWeight.flatMap((one) =>
      phraseWithValues(one, one.level === 'different' ? apart[one.field] : undefined),
    ),
  };
}

function phraseWithValues({ left, right }: MatchEvidence, phrase: string | undefined): string[] {
  if (phrase === undefined) return [];
  const values = [...new Set([left, right].filter((value) => value !== null))];
  return [values.length === 0 ? phrase : `${phrase} (${values.join(' and ')})`];
}
