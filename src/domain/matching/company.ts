/** A company as somebody wrote it. */
export interface CompanyInput {
  readonly name: string;
  readonly domain: string | null;
  readonly country: string | null;
  readonly email?: string | null;
}

/** The same, made comparable. Computed once, stored with `normaliserVersion`, never inside a query. */
export interface NormalisedCompany {
  /** Folded, transliterated, legal forms stripped; never empty. */
  readonly core: string;
  readonly tokens: readonly string[];
  readonly legalForm: string | null;
  /** Registrable domain (eTLD+1); null when missing, free mail or a shared host. From the e-mail when there is no website. */
  readonly domain: string | null;
  readonly country: string | null;
}

export type MatchVerdict = 'same' | 'related' | 'different';

/** One compared field, for the person who has to decide. */
export interface MatchEvidence {
  readonly field: 'name' | 'domain' | 'country';
  readonly left: string | null;
  readonly right: string | null;
  readonly level: 'exact' | 'strong' | 'close' | 'weak' | 'different' | 'missing';
  /** What this field contributed to the score. */
  readonly weight: number;
}

export interface CompanyMatch {
  readonly verdict: MatchVerdict;
  /** 0 to 1. */
  readonly score: number;
  readonly evidence: readonly MatchEvidence[];
  readonly modelVersion: string;
}
