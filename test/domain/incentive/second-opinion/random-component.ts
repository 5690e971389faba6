/** Random components with small numbers, so that boundaries, ties and odd cents are met often. */
import type { Seeded } from '#src/cli/match/seeded.ts';
import { sometimes } from './random-choice.ts';
import type { Cap, Component, Method, Row, Version, WindowKind } from './format.ts';

export const products = ['hw', 'sw', 'svc'] as const;
export const dealTypes = ['new', 'renewal'] as const;
export const tierNames = ['Silver', 'Gold', 'Platinum'] as const;
export const basisSizes = [0, 1, 99, 100, 250, 333, 500, 999, 1000, 1001, 2000, 5000] as const;
const percents = ['1', '2.5', '10/3', '5', '7.5', '10', '33.3', '50'] as const;
const units = ['1', '2.5', '10/3', '7'] as const;

const methodTypes = [
  'percent',
  'percent',
  'per_unit',
  'marginal',
  'retroactive',
  'lump',
  'package',
  'growth',
] as const;

function someTable(random: Seeded, row: (from: number) => Omit<Row, 'from'>, first = '0'): readonly Row[] {
  const count = 1 + random.below(3);
  const starts = [100, 250, 500, 999, 1000, 1001, 1500, 2000, 3000];
  const chosen = new Set(Array.from({ length: count - 1 }, () => random.pick(starts)));
  return [first, ...[...chosen].toSorted((a, b) => a - b).map(String)].map((from) => ({
    from,
    ...row(Number(from)),
  }));
}

function quantities(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row, from: String(Math.floor(Number(row.from) / 100)) }));
}

function distinct(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row, place) => rows.findIndex(({ from }) => from === row.from) === place);
}

/** One table, or one for each tier. */
function someTables(random: Seeded, make: () => readonly Row[]): Pick<Method, 'table' | 'tableByTier'> {
  if (!sometimes(random, 25)) return { table: make() };
  return { tableByTier: Object.fromEntries(tierNames.map((tier) => [tier, make()])) };
}

function someRates(random: Seeded, value: () => object): NonNullable<Method['rates']> {
  return Array.from({ length: 1 + random.below(3) }, () => ({
    ...(sometimes(random, 40) && { tier: random.pick(tierNames) }),
    ...(sometimes(random, 25) && { product: random.pick(products) }),
    ...(sometimes(random, 20) && { dealType: random.pick(dealTypes) }),
    ...(sometimes(random, 20) && { registered: sometimes(random, 50) }),
    ...value(),
  }));
}

function someMethod(random: Seeded, type: (typeof methodTypes)[number]): Method {
  const percent = () => ({ percent: random.pick(percents) });
  const perUnit = () => ({ perUnitMinor: random.pick(units) });
  const boundary = random.pick(['lower_inclusive', 'upper_inclusive'] as const);
  const measure = random.pick(['amount', 'amount', 'quantity'] as const);
  const accumulate = random.pick(['booked', 'released'] as const);
  switch (type) {
    case 'percent':
      return { type, ...(sometimes(random, 50) ? percent() : { rates: someRates(random, percent) }) };
    case 'per_unit':
      return { type, ...(sometimes(random, 50) ? perUnit() : { rates: someRates(random, perUnit) }) };
    case 'marginal': {
      const make = () => {
        const rows = someTable(random, () => ({
          ...(measure === 'quantity' ? perUnit() : percent()),
          ...(sometimes(random, 20) && { flatMinor: 1 + random.below(50) }),
        }));
        // The last row has no width, so nothing can be spread over it.
        return (measure === 'quantity' ? distinct(quantities(rows)) : rows).map((row, place, all) => ({
          ...row,
          ...(place + 1 < all.length && sometimes(random, 20) && { spreadMinor: 1 + random.below(50) }),
        }));
      };
      return { type, ...someTables(random, make), measure, accumulate };
    }
    case 'retroactive': {
      const make = () => {
        const rows = someTable(random, () => (sometimes(random, 75) ? percent() : perUnit()));
        return measure === 'quantity' ? distinct(quantities(rows)) : rows;
      };
      return { type, ...someTables(random, make), measure, accumulate, boundary };
    }
    case 'lump': {
      const make = () => {
        const rows = someTable(
          random,
          () => ({ amountMinor: 1 + random.below(300) }),
          random.pick(['0', '100']),
        );
        const rising = rows.filter(({ from }, place) => place === 0 || Number(from) > Number(rows[0]?.from));
        return measure === 'quantity' ? distinct(quantities(rising)) : rising;
      };
      return {
        type,
        ...someTables(random, make),
        measure,
        boundary,
        pay: random.pick(['highest', 'sum'] as const),
      };
    }
    case 'package':
      return {
        type,
        measure,
        size: measure === 'quantity' ? random.pick(['1', '3', '7']) : random.pick(['100', '333', '1000']),
        priceMinor: 1 + random.below(40),
        freeUnits: random.pick(['0', '0', '2', '100']),
        part: random.pick(['up', 'down'] as const),
      };
    case 'growth': {
      const make = () =>
        someTable(random, percent, random.pick(['0', '10'])).map((row, place) => ({
          ...row,
          from: place === 0 ? row.from : String(Number(row.from) / 10),
        }));
      return {
        type,
        ...someTables(random, make),
        boundary,
        payOn: random.pick(['growth', 'all'] as const),
        compare: random.pick(['full', 'to_date'] as const),
      };
    }
    default:
      throw new Error(type);
  }
}

function someCaps(random: Seeded, window: WindowKind): readonly Cap[] {
  const amount = () => random.pick([10, 25, 50, 100, 101, 333]);
  const larger: readonly WindowKind[] =
    window === 'month' ? ['quarter', 'year', 'program'] : ['year', 'program'];
  const all: readonly Cap[] = [
    { per: 'document', amountMinor: amount() },
    { per: 'payee', amountMinor: amount() },
    { per: 'all', amountMinor: amount(), ...(sometimes(random, 40) && { window: random.pick(larger) }) },
  ];
  return all.filter(() => sometimes(random, 50));
}

export function someComponent(random: Seeded, code: string, earlier: readonly Component[]): Component {
  const type = random.pick(methodTypes);
  const simple = type === 'percent' || type === 'per_unit';
  const method = someMethod(random, type);
  // No window lies a year before the one that lasts for ever, so growth has no base there.
  const windows = [
    'month',
    'month',
    'quarter',
    'year',
    ...(type === 'growth' ? [] : ['program' as const]),
  ] as const;
  const window = random.pick(windows);
  const kind = sometimes(random, 15) ? 'mdf' : undefined;
  const release = random.pick(['booking', 'booking', 'payment', 'full_payment'] as const);
  const person = simple && sometimes(random, 12);
  const separateMemos = sometimes(random, 15);
  const payIn = sometimes(random, 30) ? ('program' as const) : ('document' as const);
  const reducible = earlier.filter(
    (one) =>
      (one.method.type === 'percent' || one.method.type === 'per_unit') &&
      one.payee !== 'person' &&
      one.rateOn !== 'payment' &&
      one.fxOn !== 'payment' &&
      (one.payIn ?? 'document') === payIn &&
      (one.credit === 'own_date') === separateMemos,
  );
  const reduces = !person && reducible.length > 0 && sometimes(random, 25);
  const byPayment =
    payIn === 'program' && release !== 'booking' && !reduces && (simple || method.accumulate === 'released');
  return {
    code,
    method,
    window,
    release,
    payIn,
    ...(kind !== undefined && {
      kind,
      ...(sometimes(random, 70) && { expiresAfterMonths: 1 + random.below(3) }),
    }),
    ...(sometimes(random, 15) && { order: random.below(4) }),
    ...(sometimes(random, 25) && { source: random.pick(['pos', 'both'] as const) }),
    ...(person && { payee: 'person' as const }),
    ...(sometimes(random, 20) && { where: someConditions(random) }),
    ...(sometimes(random, 20) && { basis: 'gross' as const }),
    ...(simple && release === 'payment' && sometimes(random, 35) && { rateOn: 'payment' as const }),
    ...(separateMemos && { credit: 'own_date' as const }),
    ...(sometimes(random, 15) && { clawbackDays: random.pick([10, 30, 45]) }),
    ...(sometimes(random, 15) && { clawbackPercent: random.pick(['50', '100/3', '0']) }),
    ...(byPayment && sometimes(random, 50) && { fxOn: 'payment' as const }),
    ...(sometimes(random, 35) && { caps: someCaps(random, window) }),
    ...(reduces && { reducesBy: [random.pick(reducible).code] }),
    ...(!person && !separateMemos && sometimes(random, 15) && { exclusive: 'g' }),
    ...(sometimes(random, 20) && type !== 'growth' && { onVersionChange: 'restart' as const }),
    ...(sometimes(random, 30) && { rounding: random.pick(['half_away', 'half_even', 'down'] as const) }),
    ...(sometimes(random, 40) && { settle: random.pick(['quarter', 'year'] as const) }),
    ...(kind === undefined && sometimes(random, 30) && { holdback: someHoldback(random) }),
    ...(kind === undefined && sometimes(random, 15) && { channel: 'credit_memo' as const }),
    ...(release === 'booking' &&
      method.measure !== 'quantity' &&
      sometimes(random, 30) && { provision: someProvision(random, type) }),
  };
}

function someConditions(random: Seeded): NonNullable<Component['where']> {
  return {
    ...(sometimes(random, 30) && { products: [random.pick(products), random.pick(products)] }),
    ...(sometimes(random, 30) && { dealTypes: [random.pick(dealTypes)] }),
    ...(sometimes(random, 30) && { tiers: [random.pick(tierNames), random.pick(tierNames)] }),
    ...(sometimes(random, 20) && { registered: sometimes(random, 50) }),
    ...(sometimes(random, 20) && { from: '2026-01-15' }),
    ...(sometimes(random, 20) && { to: '2026-03-31' }),
  };
}

function someHoldback(random: Seeded): NonNullable<Component['holdback']> {
  return {
    percent: random.pick(['10', '20', '50', '100/3', '100']),
    months: 1 + random.below(3),
    clawbackFrom: random.pick(['proportional', 'held_first'] as const),
  };
}

/** True when the table of a method gives an amount at a volume that finance expects. */
export function hasTable({ type }: Pick<Method, 'type'>): boolean {
  return type === 'marginal' || type === 'retroactive' || type === 'lump';
}

function someProvision(random: Seeded, type: Method['type']): NonNullable<Component['provision']> {
  return hasTable({ type }) && sometimes(random, 50)
    ? { expectedBasisMinor: random.pick([100, 500, 1000, 1999]) }
    : { expectedPercent: random.pick(['1', '3', '12.5']) };
}

/** A later version: the same components with other rates, tables, limits and rounding; one may end. */
export function someNextVersion(random: Seeded, before: Version, effective: string): Version {
  const components = before.components.flatMap((one): readonly Component[] => {
    if (
      before.components.length > 1 &&
      one.rateOn !== 'payment' &&
      one.credit !== 'own_date' &&
      sometimes(random, 8)
    )
      return [];
    if (sometimes(random, 40)) return [one];
    const { measure, accumulate, table, tableByTier } = one.method;
    const next = someMethod(random, one.method.type);
    const usesUnits = (method: Method) =>
      JSON.stringify(method.table ?? method.tableByTier ?? '').includes('perUnitMinor');
    const sameShape =
      next.measure === measure &&
      next.accumulate === accumulate &&
      (next.tableByTier === undefined) === (tableByTier === undefined) &&
      (table === undefined || usesUnits(next) === usesUnits(one.method));
    return [
      {
        ...one,
        method: sameShape ? next : one.method,
        ...(one.caps !== undefined && {
          caps: one.caps.map((cap) => ({ ...cap, amountMinor: random.pick([10, 50, 100, 333]) })),
        }),
        ...(sometimes(random, 20) && { rounding: random.pick(['half_even', 'down'] as const) }),
        ...(one.holdback !== undefined && sometimes(random, 30) && { holdback: someHoldback(random) }),
      },
    ];
  });
  return { effective, components };
}
