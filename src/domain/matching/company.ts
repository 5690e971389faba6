/** A company as somebody wrote it. Only the name is needed; what is not known is left out or null. */
export interface CompanyInput {
  readonly name: string;
  /** Other names it goes by, beyond those written into `name` ("d/b/a", "formerly"). */
  readonly aliases?: readonly string[] | undefined;
  readonly domain?: string | null | undefined;
  /** Another website, as of a company that was merged into it; counts like a mailbox's domain. */
  readonly otherDomain?: string | null | undefined;
  /** A contact's mailbox; counts by its domain, and only when that is no free mail. */
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
 * The same, made comparable: plain JSON, computed once, stored with `normaliserVersion`, never computed
 * inside a query. What was not given is absent, so that millions of them stay small.
 */
export interface NormalisedCompany {
  /** Folded, transliterated, legal forms stripped; never empty. */
  readonly core: string;
  readonly tokens: readonly string[];
  readonly legalForm: string | null;
  /**
   * Registrable domain (eTLD+1); null when missing, free mail or a shared host. From the e-mail when there is
   * no website.
   */
  readonly domain: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** Cores of other names: trading names, former names, what stood in brackets. Never the core itself. */
  readonly aliases?: readonly string[];
  /** The contact's domain, where it is another than `domain`. */
  readonly mailDomain?: string;
  /** E.164 (`+13123865286`); digits alone when neither number nor company says the country. */
  readonly phone?: string;
  /** House number, upper case: `27`, `12A`. */
  readonly house?: string;
  /** Words of the street without its kind and direction: `washington`. */
  readonly street?: string;
  /** Letters and digits only, upper case. */
  readonly postcode?: string;
  readonly city?: string;
  /** With the country's prefix: `DE136695976`. */
  readonly vat?: string;
  readonly lei?: string;
  readonly duns?: string;
}

/** What a company is found by. Two that share a key are compared; see `companyKeys`. */
export interface CompanyKeys {
  /** `dom:` `tel:` `vat:` `lei:` `duns:` `name:` — one shared is reason enough to look. */
  readonly strong: readonly string[];
  /** `tok:` `cat:` `acr:` `zip:` `addr:` — to be taken rarest first. */
  readonly weak: readonly string[];
}

/** `same`: one customer. `related`: one group, or too alike to tell. */
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

/** One compared field, for the person who has to decide. */
export interface MatchEvidence {
  readonly field: MatchField;
  readonly left: string | null;
  readonly right: string | null;
  readonly level: MatchLevel;
  /** What this field contributed to `CompanyMatch.bits`: one more bit doubles the odds. */
  readonly bits: number;
  /** The same to one decimal, for screens. */
  readonly weight: number;
}

export interface CompanyMatch {
  readonly verdict: MatchVerdict;
  /** 0 to 1, in the verdict's band, so that the number never contradicts the word. */
  readonly score: number;
  /** log2 of the odds that both are one customer, before calibration. */
  readonly bits: number;
  /** Calibrated: of a hundred pairs with 0.9, about ninety are one customer or one group. */
  readonly probability: number;
  /**
   * One letter a field in the order of `matchFields`: A exact, B strong, C close, D weak, F different, Z
   * missing.
   */
  readonly grade: string;
  /** Name, domain and country always; every other field when both sides have it. */
  readonly evidence: readonly MatchEvidence[];
  readonly modelVersion: string;
  readonly normaliserVersion: string;
}
