import { z } from 'zod';
import {
  exact,
  exactOne,
  exactRoundings,
  exactZero,
  multiplyExact,
  parseExact,
  type Exact,
} from '#src/domain/exact.ts';
import {
  accumulations,
  boundaries,
  measures,
  payoutChannels,
  windowKinds,
  type IncentiveComponent,
  type IncentiveProgram,
  type IncentiveVersion,
  type Method,
  type RateRow,
  type TableRow,
  type Tables,
} from '#src/domain/incentive/component.ts';

/** A programme as the case files write it, with the defaults of their format. */
export const exactCase = z.union([z.string(), z.number()]).transform(parseExact);
export const percentCase = exactCase.transform((value) => multiplyExact(value, exact(1n, 100n)));
export const minorCase = z.union([z.int(), z.string().regex(/^-?\d+$/)]).transform(BigInt);
const names = z.array(z.string());

const keys = {
  tier: z.string().optional(),
  product: z.string().optional(),
  dealType: z.string().optional(),
  registered: z.boolean().optional(),
};
const row = z
  .object({
    from: exactCase,
    percent: percentCase.optional(),
    perUnitMinor: exactCase.optional(),
    flatMinor: exactCase.optional(),
    spreadMinor: exactCase.optional(),
    amountMinor: exactCase.optional(),
  })
  .transform(({ percent: rate, ...rest }): TableRow => ({ ...rest, rate }));
const table = z.array(row);
const tables = {
  table: table.optional(),
  tableByTier: z.record(z.string(), table).optional(),
  measure: z.enum(measures).default('amount'),
};
const boundary = z.enum(boundaries).default('lower_inclusive');
const accumulate = z.enum(accumulations).default('booked');

const method = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('percent'),
      percent: percentCase.optional(),
      rates: z.array(z.object({ ...keys, percent: percentCase })).optional(),
    }),
    z.object({
      type: z.literal('per_unit'),
      perUnitMinor: exactCase.optional(),
      rates: z.array(z.object({ ...keys, perUnitMinor: exactCase })).optional(),
    }),
    z.object({ type: z.literal('marginal'), ...tables, accumulate }),
    z.object({ type: z.literal('retroactive'), ...tables, accumulate, boundary }),
    z.object({
      type: z.literal('lump'),
      ...tables,
      boundary,
      pay: z.enum(['highest', 'sum']).default('highest'),
    }),
    z.object({
      type: z.literal('package'),
      measure: z.enum(measures).default('amount'),
      size: exactCase,
      priceMinor: exactCase,
      freeUnits: exactCase.default(exactZero),
      part: z.enum(['up', 'down']).default('up'),
    }),
    z.object({
      type: z.literal('growth'),
      ...tables,
      boundary,
      payOn: z.enum(['growth', 'all']).default('growth'),
      compare: z.enum(['full', 'to_date']).default('full'),
    }),
  ])
  .transform((raw): Method => {
    switch (raw.type) {
      case 'percent':
        return {
          type: 'percent',
          rates: ratesOf(
            raw.percent,
            raw.rates?.map(({ percent: rate, ...rest }) => ({ ...rest, rate })),
          ),
        };
      case 'per_unit':
        return {
          type: 'per_unit',
          rates: ratesOf(
            raw.perUnitMinor,
            raw.rates?.map(({ perUnitMinor: rate, ...rest }) => ({ ...rest, rate })),
          ),
        };
      case 'package':
        return raw;
      default:
        return { ...raw, tables: tablesOf(raw) };
    }
  });

function ratesOf(one: Exact | undefined, rows: readonly RateRow[] | undefined): readonly RateRow[] {
  return rows ?? (one === undefined ? [] : [{ rate: one }]);
}

function tablesOf(raw: {
  readonly table?: readonly TableRow[] | undefined;
  readonly tableByTier?: Readonly<Record<string, readonly TableRow[]>> | undefined;
}): Tables {
  return raw.tableByTier === undefined ? { table: raw.table ?? [] } : { byTier: raw.tableByTier };
}

export const expectation = z
  .object({ expectedPercent: percentCase.optional(), expectedBasisMinor: exactCase.optional() })
  .transform(({ expectedPercent, expectedBasisMinor }, context) => {
    if (expectedPercent !== undefined) return { rate: expectedPercent };
    if (expectedBasisMinor !== undefined) return { basisMinor: expectedBasisMinor };
    context.addIssue('needs expectedPercent or expectedBasisMinor');
    return z.NEVER;
  });

const component = z
  .object({
    code: z.string(),
    method,
    kind: z.string().optional(),
    order: z.number().nullable().default(null),
    source: z.enum(['invoice', 'pos', 'both']).default('invoice'),
    payee: z.enum(['partner', 'person']).default('partner'),
    where: z
      .object({
        products: names.optional(),
        dealTypes: names.optional(),
        tiers: names.optional(),
        registered: z.boolean().optional(),
        from: z.string().optional(),
        to: z.string().optional(),
      })
      .default({}),
    basis: z.enum(['net', 'gross']).default('net'),
    window: z.enum(windowKinds).default('month'),
    release: z.enum(['booking', 'payment', 'full_payment']).default('booking'),
    rateOn: z.enum(['booking', 'payment']).default('booking'),
    credit: z.enum(['original', 'own_date']).default('original'),
    clawbackDays: z.number().nullable().default(null),
    clawbackPercent: percentCase.default(exactOne),
    payIn: z.enum(['document', 'program']).default('document'),
    fxOn: z.enum(['booking', 'payment']).default('booking'),
    caps: z
      .array(
        z.object({
          per: z.enum(['document', 'payee', 'all']),
          window: z.enum(windowKinds).nullable().default(null),
          amountMinor: exactCase,
        }),
      )
      .default([]),
    reducesBy: names.default([]),
    exclusive: z.string().nullable().default(null),
    onVersionChange: z.enum(['carry', 'restart']).default('carry'),
    rounding: z.enum(exactRoundings).nullable().default(null),
    settle: z.enum(['month', 'quarter', 'year']).default('month'),
    holdback: z
      .object({
        percent: percentCase,
        months: z.int(),
        clawbackFrom: z.enum(['proportional', 'held_first']).default('proportional'),
      })
      .nullable()
      .default(null),
    channel: z.enum(payoutChannels).default('payout'),
    provision: expectation.nullable().default(null),
    expiresAfterMonths: z.int().nullable().default(null),
  })
  .transform(({ kind, clawbackPercent, holdback, ...rest }): IncentiveComponent => {
    const held = holdback && {
      rate: holdback.percent,
      months: holdback.months,
      clawbackFrom: holdback.clawbackFrom,
    };
    return {
      ...rest,
      kind: kind === 'mdf' ? 'mdf' : 'reward',
      clawbackShare: clawbackPercent,
      holdback: held,
    };
  });

export const versionCase = z
  .object({ effective: z.string(), components: z.array(component) })
  .transform((version): IncentiveVersion => version);

const level = z.object({ name: z.string(), trailingMinor: minorCase.default(0n) });

const settings = z.object({
  rounding: z.enum(exactRoundings).default('half_away'),
  remainder: z.enum(['largest', 'first']).default('largest'),
  yearStartMonth: z.int().default(1),
  netting: z.boolean().default(true),
  tierAt: z.enum(['day', 'month']).default('day'),
  minimumPayoutMinor: z.record(z.string(), minorCase).default({}),
  reissueDate: z.enum(['original', 'own']).default('original'),
  mergeWindows: z.enum(['keep', 'pool']).default('keep'),
  fxCorrection: z.enum(['pin', 'restate']).default('pin'),
});

export const programCase = z
  .object({
    currency: z.string(),
    firstPeriod: z.string(),
    startsOn: z.string().optional(),
    versions: z.array(versionCase),
    tiers: z
      .object({
        levels: z.array(level),
        assess: z.enum(['events', 'monthly']).default('events'),
        months: z.int().default(12),
      })
      .default({ levels: [], assess: 'events', months: 12 }),
    settings: settings.prefault({}),
    contracts: z.record(z.string(), z.object({ netting: z.boolean().optional() })).default({}),
  })
  .transform(({ contracts, startsOn, ...rest }): IncentiveProgram => {
    const netting: Record<string, boolean> = {};
    for (const [partner, contract] of Object.entries(contracts))
      if (contract.netting !== undefined) netting[partner] = contract.netting;
    return { ...rest, startsOn: startsOn ?? `${rest.firstPeriod}-01`, netting };
  });
