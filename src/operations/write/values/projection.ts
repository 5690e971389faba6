import type { CanonicalValues } from '#src/domain/record.ts';

/** The values that one record should have in the CRM. */
export interface Projection {
  readonly recordId: string;
  readonly values: CanonicalValues;
  /** Only for a payout, which is addressed by its key and refers to the partner's account. */
  readonly key?: string;
  readonly accountId?: string;
  /** Only for a registration: `evidenceDigest` of its values. */
  readonly evidence?: string;
}

/** The facts that the values of a record depend on, in addition to our records. */
export interface ProjectionPlace {
  /** The CRM that the values are written to. */
  readonly connectionId: string;
  /** The address of the console. Null if it is not known. */
  readonly consoleUrl: string | null;
  /** For the number of days that are left. */
  readonly now: Date;
}
