/** A company as written in its source. Only the name is required; unknown fields are absent or null. */
export interface CompanyInput {
  readonly name: string;
  /** Other names, in addition to those in `name` ("d/b/a", "formerly"). */
  readonly aliases?: readonly string[] | undefined;
  readonly domain?: string | null | undefined;
  /**
   * Another website, such as that of a company that was merged into it. It is used like the domain of
   * `email`.
   */
  readonly otherDomain?: string | null | undefined;
  /** A contact's e-mail address. Only its domain is used, and not if it is a free mail service. */
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly street?: string | null | undefined;
  readonly postcode?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly registryIds?: RegistryIds | undefined;
}

export interface RegistryIds {
  readonly vat?: string | null | undefined;
  readonly lei?: string | null | undefined;
  readonly duns?: string | null | undefined;
}

/**
 * A company in comparable form, as plain JSON. It is computed once, stored with `normaliserVersion`, and
 * never computed inside a query. Unknown fields are absent, so that millions of companies take little space.
 */
export interface NormalisedCompany {
  /**
   * The name in ASCII lower case without legal forms. Never empty: a text that names no company is in
   * brackets.
   */
  readonly core: string;
  readonly tokens: readonly string[];
  readonly legalForm: string | null;
  /** True if a part of the name was in another script, so that its spelling in Latin letters is not certain. */
  readonly transliterated?: true;
  /**
   * Registrable domain (eTLD+1) of the website, or of the e-mail address if there is no website. A tenant of
   * a shared host has its name and the host. Null if missing, a mailbox provider, a shared host or filler.
   */
  readonly domain: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** Cores of other names: trading names, former names, names in brackets. Never the core itself. */
  readonly aliases?: readonly string[];
  /** The domain of the contact's e-mail address, if it differs from `domain`. */
  readonly mailDomain?: string;
  /**
   * How many differently named companies of the account base have a domain of this company, from two on. Set
   * when candidates are looked up and stored with the decision, but not with the profile.
   */
  readonly sharedDomains?: Readonly<Record<string, number>>;
  /** E.164 (`+13123865286`), or only digits if neither the number nor the company gives the country. */
  readonly phone?: string;
  /** House number in upper case: `27`, `12A`. */
  readonly house?: string;
  /** The street without its kind and direction: `washington`. */
  readonly street?: string;
  /** Only letters and digits, in upper case. */
  readonly postcode?: string;
  readonly city?: string;
  /** With the prefix of the country: `DE136695976`. */
  readonly vat?: string;
  readonly lei?: string;
  readonly duns?: string;
}

/** The search keys of a company, see `companyKeys`. Companies that share a key are compared. */
export interface CompanyKeys {
  /** `dom:` `tel:` `vat:` `lei:` `duns:` `name:`. One shared key is enough to compare two companies. */
  readonly strong: readonly string[];
  /** `tok:` `cat:` `acr:` `snd:` `zip:` `addr:`. The rarest keys are used first. */
  readonly weak: readonly string[];
}

/** `same`: the same customer · `related`: the same group, or too similar to decide. */
export type MatchVerdict = 'same' | 'related' | 'different';

export const matchFields = [
  'registry_id',
  'domain',
  'phone',
  'name',
  'words',
  'numbers',
  'address',
  'postcode',
  'city',
  'country',
] as const;
export type MatchField = (typeof matchFields)[number];

export const matchLevels = ['exact', 'strong', 'close', 'weak', 'different', 'missing'] as const;
export type MatchLevel = (typeof matchLevels)[number];

/** The comparison of one field, for reviewers. */
export interface MatchEvidence {
  readonly field: MatchField;
  readonly left: string | null;
  readonly right: string | null;
  readonly level: MatchLevel;
  /** The field's contribution to `CompanyMatch.bits`. One more bit doubles the odds. */
  readonly bits: number;
  /** `bits` rounded to one decimal, for display. */
  readonly weight: number;
}

export interface CompanyMatch {
  readonly verdict: MatchVerdict;
  /** 0 to 1, always inside the verdict's range, so that the number and the verdict agree. */
  readonly score: number;
  /** log2 of the odds that both are the same customer, before calibration. */
  readonly bits: number;
  /** Calibrated: of a hundred pairs with 0.9, about ninety are the same customer or group. */
  readonly probability: number;
  /**
   * One letter per field in the order of `matchFields`: A exact, B strong, C close, D weak, F different, Z
   * missing.
   */
  readonly grade: string;
  /** True if one name is only the initials of the other. Absent otherwise. */
  readonly isInitials?: true;
  /** Always name, domain and country; every other field only if both sides have it. */
  readonly evidence: readonly MatchEvidence[];
  readonly modelVersion: string;
  readonly normaliserVersion: string;
}
