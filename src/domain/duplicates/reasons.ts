import type { CompanyMatch, MatchEvidence, MatchField, MatchLevel } from '#src/domain/matching/company.ts';

type Found = Exclude<MatchLevel, 'missing'>;
type Words = Readonly<Partial<Record<Found, string>>>;

const alike: Readonly<Record<MatchField, Words>> = {
  registry_id: { exact: 'same registry id' },
  domain: {
    exact: 'same domain',
    strong: 'a contact’s mailbox at the other’s domain',
    close: 'same domain under another ending',
    weak: 'the domain is the other’s name',
  },
  phone: {
    exact: 'same phone',
    strong: 'same phone, once without its country or area code',
    close: 'phones of one switchboard',
  },
  name: {
    exact: 'same name',
    strong: 'almost the same name',
    close: 'similar names',
    weak: 'one name is part of the other',
  },
  // What rare words add is part of the name's sentence.
  words: {},
  numbers: {},
  address: {
    exact: 'same address',
    strong: 'almost the same address',
    close: 'addresses next door',
    weak: 'same house number',
  },
  postcode: { exact: 'same postcode', close: 'same postal district' },
  city: { exact: 'same city', close: 'almost the same city' },
  country: { exact: 'same country' },
};

const apart: Readonly<Partial<Record<MatchField, string>>> = {
  registry_id: 'another registry id',
  domain: 'another domain',
  phone: 'another phone',
  name: 'another name',
  numbers: 'another number in the name',
  address: 'another address',
  postcode: 'another postcode',
  city: 'another city',
  country: 'another country',
};

/** What speaks for and against two accounts being one customer. */
export interface Reasons {
  /** The weightiest first. */
  readonly for: readonly string[];
  readonly against: readonly string[];
}

/** A match in people's words, with what was compared: "same domain (acme.com)". */
export function reasonsOf({ evidence }: CompanyMatch): Reasons {
  const byWeight = evidence.toSorted((a, b) => Math.abs(b.bits) - Math.abs(a.bits));
  return {
    for: byWeight.flatMap((one) =>
      sentence(one, one.level === 'missing' ? undefined : alike[one.field][one.level]),
    ),
    against: byWeight.flatMap((one) =>
      sentence(one, one.level === 'different' ? apart[one.field] : undefined),
    ),
  };
}

function sentence({ left, right }: MatchEvidence, words: string | undefined): string[] {
  if (words === undefined) return [];
  const values = [...new Set([left, right].filter((value) => value !== null))];
  return [values.length === 0 ? words : `${words} (${values.join(' and ')})`];
}
