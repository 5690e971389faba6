/**
 * The format of the histories of incentives as the case files write it. Amounts and rates stay as written; they
 * are read where they are needed, so that nothing here depends on how the product reads them.
 */
export type Written = string | number;
export type WindowKind = 'month' | 'quarter' | 'year' | 'program';

export interface Row {
  readonly from: Written;
  readonly percent?: Written;
  readonly perUnitMinor?: Written;
  readonly flatMinor?: Written;
  readonly spreadMinor?: Written;
  readonly amountMinor?: Written;
}

export interface RateRow {
  readonly tier?: string;
  readonly product?: string;
  readonly dealType?: string;
  readonly registered?: boolean;
  readonly percent?: Written;
  readonly perUnitMinor?: Written;
}

export interface Method {
  readonly type: 'percent' | 'per_unit' | 'marginal' | 'retroactive' | 'lump' | 'package' | 'growth';
  readonly percent?: Written;
  readonly perUnitMinor?: Written;
  readonly rates?: readonly RateRow[];
  readonly table?: readonly Row[];
  readonly tableByTier?: Readonly<Record<string, readonly Row[]>>;
  readonly measure?: 'amount' | 'quantity';
  readonly boundary?: 'lower_inclusive' | 'upper_inclusive';
  readonly accumulate?: 'booked' | 'released';
  readonly pay?: 'highest' | 'sum';
  readonly size?: Written;
  readonly priceMinor?: Written;
  readonly freeUnits?: Written;
  readonly part?: 'up' | 'down';
  readonly payOn?: 'growth' | 'all';
  readonly compare?: 'full' | 'to_date';
}

export interface Cap {
  readonly per: 'document' | 'payee' | 'all';
  readonly window?: WindowKind;
  readonly amountMinor: Written;
}

export interface Expectation {
  readonly expectedPercent?: Written;
  readonly expectedBasisMinor?: Written;
}

export interface Component {
  readonly code: string;
  readonly method: Method;
  readonly kind?: string;
  readonly order?: number;
  readonly source?: 'invoice' | 'pos' | 'both';
  readonly payee?: 'partner' | 'person';
  readonly where?: {
    readonly products?: readonly string[];
    readonly dealTypes?: readonly string[];
    readonly tiers?: readonly string[];
    readonly registered?: boolean;
    readonly from?: string;
    readonly to?: string;
  };
  readonly basis?: 'net' | 'gross';
  readonly window?: WindowKind;
  readonly release?: 'booking' | 'payment' | 'full_payment';
  readonly rateOn?: 'booking' | 'payment';
  readonly credit?: 'original' | 'own_date';
  readonly clawbackDays?: number;
  readonly clawbackPercent?: Written;
  readonly payIn?: 'document' | 'program';
  readonly fxOn?: 'booking' | 'payment';
  readonly caps?: readonly Cap[];
  readonly reducesBy?: readonly string[];
  readonly exclusive?: string;
  readonly onVersionChange?: 'carry' | 'restart';
  readonly rounding?: Rounding;
  readonly settle?: 'month' | 'quarter' | 'year';
  readonly holdback?: {
    readonly percent: Written;
    readonly months: number;
    readonly clawbackFrom?: 'proportional' | 'held_first';
  };
  readonly channel?: 'payout' | 'credit_memo';
  readonly provision?: Expectation;
  readonly expiresAfterMonths?: number;
}

export type Rounding = 'half_away' | 'half_even' | 'down';

export interface Version {
  readonly effective: string;
  readonly components: readonly Component[];
}

export interface Program {
  readonly currency: string;
  readonly firstPeriod: string;
  readonly startsOn?: string;
  readonly versions: readonly Version[];
  readonly tiers?: {
    readonly levels: readonly { readonly name: string; readonly trailingMinor?: Written }[];
    readonly assess?: 'events' | 'monthly';
    readonly months?: number;
  };
  readonly settings?: {
    readonly rounding?: Rounding;
    readonly yearStartMonth?: number;
    readonly tierAt?: 'day' | 'month';
    readonly netting?: boolean;
    readonly minimumPayoutMinor?: Readonly<Record<string, number>>;
    readonly reissueDate?: 'original' | 'own';
    readonly mergeWindows?: 'keep' | 'pool';
    readonly fxCorrection?: 'pin' | 'restate';
  };
  readonly contracts?: Readonly<Record<string, { readonly netting?: boolean }>>;
}

export interface Share {
  readonly partner: string;
  readonly percent: Written;
}

export interface EventLine {
  readonly netMinor?: Written;
  readonly taxMinor?: Written;
  readonly qty?: Written;
  readonly product?: string;
  readonly line?: number;
}

/** One event of a history. Each type of event uses some of these fields. */
export interface HistoryEvent extends EventLine {
  readonly on: string;
  readonly type: string;
  readonly date?: string;
  readonly id?: string;
  readonly version?: number;
  readonly partner?: string;
  readonly currency?: string;
  readonly lines?: readonly EventLine[];
  readonly shares?: readonly Share[];
  readonly person?: string;
  readonly dealType?: string;
  readonly registered?: boolean;
  readonly saleRef?: string;
  readonly replaces?: string;
  readonly of?: string;
  readonly doc?: string;
  readonly payment?: string;
  readonly payout?: string;
  readonly payee?: string;
  readonly payees?: readonly string[];
  readonly amountMinor?: Written;
  readonly adjustMinor?: Written;
  readonly request?: string;
  readonly component?: string;
  readonly components?: readonly Component[];
  readonly effective?: string;
  readonly period?: string;
  readonly tier?: string;
  readonly from?: string;
  readonly into?: string;
  readonly windows?: 'keep' | 'pool';
  readonly pair?: string;
  readonly rate?: Written;
  readonly expectedPercent?: Written;
  readonly expectedBasisMinor?: Written;
  readonly netting?: boolean;
  readonly outcome?: string;
}

export interface HistoryCase {
  readonly id: string;
  readonly title: string;
  readonly program: Program;
  readonly events: readonly HistoryEvent[];
  readonly checkLines?: readonly string[];
}
