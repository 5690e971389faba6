import type { Exact, ExactRounding } from '#src/domain/exact.ts';

/** Months over which volume adds up. `program` is one window for ever. */
export const windowKinds = ['month', 'quarter', 'year', 'program'] as const;
export type WindowKind = (typeof windowKinds)[number];

/** The meaning of `from` in a table's rows: money of the line's basis, or units. */
export const measures = ['amount', 'quantity'] as const;
export type Measure = (typeof measures)[number];

/** A row of rates. Only the keys it has must be equal to those of the line. */
export interface RateRow {
  readonly tier?: string | undefined;
  readonly product?: string | undefined;
  readonly dealType?: string | undefined;
  readonly registered?: boolean | undefined;
  /** A factor of the basis (`[3n, 40n]` is 7.5 %), or minor units for one unit. */
  readonly rate: Exact;
}

/** A row of a table. It reaches up to the `from` of the next row. */
export interface TableRow {
  readonly from: Exact;
  /** A factor of the basis. */
  readonly rate?: Exact | undefined;
  readonly perUnitMinor?: Exact | undefined;
  /** Once, when the row is entered. */
  readonly flatMinor?: Exact | undefined;
  /** Spread evenly over the width of the row. */
  readonly spreadMinor?: Exact | undefined;
  /** The lump sum of the row. */
  readonly amountMinor?: Exact | undefined;
}

/** One table for everybody, or one for each tier. */
export type Tables =
  | { readonly table: readonly TableRow[] }
  | { readonly byTier: Readonly<Record<string, readonly TableRow[]>> };

/** At equality with a row's `from`: the higher row (`lower_inclusive`), or still the lower one. */
export const boundaries = ['lower_inclusive', 'upper_inclusive'] as const;
export type Boundary = (typeof boundaries)[number];

/** Volume by booking, or only the part that was released. */
export const accumulations = ['booked', 'released'] as const;
export type Accumulation = (typeof accumulations)[number];

export type Method =
  | { readonly type: 'percent'; readonly rates: readonly RateRow[] }
  | { readonly type: 'per_unit'; readonly rates: readonly RateRow[] }
  | {
      readonly type: 'marginal';
      readonly tables: Tables;
      readonly measure: Measure;
      readonly accumulate: Accumulation;
    }
  | {
      readonly type: 'retroactive';
      readonly tables: Tables;
      readonly measure: Measure;
      readonly accumulate: Accumulation;
      readonly boundary: Boundary;
    }
  | {
      readonly type: 'lump';
      readonly tables: Tables;
      readonly measure: Measure;
      readonly boundary: Boundary;
      readonly pay: 'highest' | 'sum';
    }
  | {
      readonly type: 'package';
      readonly measure: Measure;
      readonly size: Exact;
      readonly priceMinor: Exact;
      readonly freeUnits: Exact;
      readonly part: 'up' | 'down';
    }
  | {
      readonly type: 'growth';
      readonly tables: Tables;
      readonly measure: Measure;
      readonly boundary: Boundary;
      readonly payOn: 'growth' | 'all';
      readonly compare: 'full' | 'to_date';
    };

/** All conditions that are given must hold. */
export interface Eligibility {
  readonly products?: readonly string[] | undefined;
  readonly dealTypes?: readonly string[] | undefined;
  readonly tiers?: readonly string[] | undefined;
  readonly registered?: boolean | undefined;
  /** Booking dates, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface Cap {
  readonly per: 'document' | 'payee' | 'all';
  /** Only for `all`; null is the component's window. */
  readonly window: WindowKind | null;
  readonly amountMinor: Exact;
}

export interface Holdback {
  /** A factor of what becomes due. */
  readonly rate: Exact;
  readonly months: number;
  /** A negative amount: hold a negative share of it, or use up what is held first. */
  readonly clawbackFrom: 'proportional' | 'held_first';
}

/** The earnings that finance expects: a rate, or a volume at which the table gives one. */
export type Expectation = { readonly rate: Exact } | { readonly basisMinor: Exact };

/** One incentive of a programme, with every default filled in. */
export interface IncentiveComponent {
  readonly code: string;
  readonly kind: 'reward' | 'mdf';
  readonly method: Method;
  /** Null is the place in the list. */
  readonly order: number | null;
  readonly source: 'invoice' | 'pos' | 'both';
  readonly payee: 'partner' | 'person';
  readonly where: Eligibility;
  readonly basis: 'net' | 'gross';
  readonly window: WindowKind;
  readonly release: 'booking' | 'payment' | 'full_payment';
  /** The date whose version and tier set the rate. */
  readonly rateOn: 'booking' | 'payment';
  /** A credit memo lowers its invoice, or is a negative line on its own date. */
  readonly credit: 'original' | 'own_date';
  /** Credit memos that are later than this after booking take nothing back. */
  readonly clawbackDays: number | null;
  /** The part of a credit memo that is taken back. */
  readonly clawbackShare: Exact;
  readonly payIn: 'document' | 'program';
  readonly fxOn: 'booking' | 'payment';
  readonly caps: readonly Cap[];
  readonly reducesBy: readonly string[];
  readonly exclusive: string | null;
  readonly onVersionChange: 'carry' | 'restart';
  /** Null is the programme's. */
  readonly rounding: ExactRounding | null;
  readonly settle: Exclude<WindowKind, 'program'>;
  readonly holdback: Holdback | null;
  readonly channel: PayoutChannel;
  readonly provision: Expectation | null;
  readonly expiresAfterMonths: number | null;
}

export const payoutChannels = ['payout', 'credit_memo'] as const;
export type PayoutChannel = (typeof payoutChannels)[number];

export interface IncentiveVersion {
  /** The first day, `YYYY-MM-DD`. */
  readonly effective: string;
  readonly components: readonly IncentiveComponent[];
}

export interface TierLevel {
  readonly name: string;
  readonly trailingMinor: bigint;
}

export interface IncentiveProgram {
  readonly currency: string;
  /** The first month that is closed, `YYYY-MM`. */
  readonly firstPeriod: string;
  /** Earlier documents earn nothing. */
  readonly startsOn: string;
  readonly versions: readonly IncentiveVersion[];
  readonly tiers: {
    /** From the lowest to the highest. */
    readonly levels: readonly TierLevel[];
    readonly assess: 'events' | 'monthly';
    readonly months: number;
  };
  readonly settings: {
    readonly rounding: ExactRounding;
    /** The units that rounding down leaves: to the largest remainders, or to the first lines. */
    readonly remainder: 'largest' | 'first';
    readonly yearStartMonth: number;
    readonly tierAt: 'day' | 'month';
    readonly netting: boolean;
    readonly minimumPayoutMinor: Readonly<Record<string, bigint>>;
    readonly reissueDate: 'original' | 'own';
    readonly mergeWindows: 'keep' | 'pool';
    readonly fxCorrection: 'pin' | 'restate';
  };
  /** Consent to netting by partner, where it differs from the setting. */
  readonly netting: Readonly<Record<string, boolean>>;
}
