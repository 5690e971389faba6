import fc from 'fast-check';
import { readEvents } from '#src/cli/cases/incentive-event-case.ts';
import { programCase } from '#src/cli/cases/incentive-program-case.ts';
import { applyEvent } from '#src/domain/ledger/books/apply-event.ts';
import { emptyBooks, type Books } from '#src/domain/ledger/books/books.ts';
import type { PeriodReport } from '#src/domain/ledger/books/period-report.ts';

/** Histories in the format of the case files, so that a failing one can be run by hand. */
export interface Sale {
  readonly id: string;
  readonly partner: string;
  readonly month: number;
  readonly day: number;
  /** Months between the sale and the day it is learnt. */
  readonly delay: number;
  readonly lines: readonly { readonly netMinor: number; readonly qty: number; readonly product: string }[];
  /** Parts of a hundred of the whole that are credited, and how many months later. */
  readonly credits: readonly { readonly percent: number; readonly later: number }[];
  readonly payments: readonly { readonly percent: number; readonly later: number }[];
  readonly shared: boolean;
}

export interface History {
  readonly components: readonly object[];
  readonly settings: object;
  readonly sales: readonly Sale[];
}

export const months = 6;
const table = [
  { from: '0', percent: '1.3' },
  { from: '40000', percent: '10/3' },
  { from: '90000', percent: '7' },
];

const component = fc.constantFrom<object>(
  { method: { type: 'percent', rates: [{ product: 'sw', percent: '12.5' }, { percent: '100/30' }] } },
  { method: { type: 'per_unit', perUnitMinor: '3.7' } },
  { method: { type: 'marginal', table }, window: 'quarter' },
  { method: { type: 'marginal', table, accumulate: 'released' }, window: 'year', release: 'payment' },
  { method: { type: 'retroactive', table }, window: 'year', settle: 'quarter' },
  {
    method: { type: 'retroactive', table, boundary: 'upper_inclusive' },
    window: 'quarter',
    release: 'full_payment',
  },
  {
    method: {
      type: 'lump',
      table: [
        { from: '30000', amountMinor: 1001 },
        { from: '80000', amountMinor: 5003 },
      ],
      pay: 'sum',
    },
    window: 'quarter',
  },
  {
    method: { type: 'package', measure: 'quantity', size: '7', priceMinor: 130, freeUnits: '3' },
    window: 'quarter',
  },
  {
    method: { type: 'percent', percent: '9' },
    holdback: { percent: '20', months: 2, clawbackFrom: 'held_first' },
  },
  { method: { type: 'percent', percent: '4' }, kind: 'mdf', expiresAfterMonths: 2 },
  { method: { type: 'marginal', table }, window: 'year', provision: { expectedPercent: '3' } },
);

const sale = fc.record({
  partner: fc.constantFrom('P1', 'P2'),
  month: fc.integer({ min: 1, max: months }),
  day: fc.integer({ min: 1, max: 28 }),
  delay: fc.integer({ min: 0, max: 2 }),
  lines: fc.array(
    fc.record({
      netMinor: fc.integer({ min: 1, max: 60_000 }),
      qty: fc.integer({ min: 0, max: 20 }),
      product: fc.constantFrom('sw', 'hw'),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  credits: fc.array(
    fc.record({ percent: fc.integer({ min: 1, max: 60 }), later: fc.integer({ min: 0, max: 3 }) }),
    {
      maxLength: 2,
    },
  ),
  payments: fc.array(
    fc.record({ percent: fc.integer({ min: -20, max: 80 }), later: fc.integer({ min: 0, max: 3 }) }),
    {
      maxLength: 3,
    },
  ),
  shared: fc.boolean(),
});

export const histories: fc.Arbitrary<History> = fc.record({
  components: fc.array(component, { minLength: 1, maxLength: 3 }),
  settings: fc.record({
    rounding: fc.constantFrom('half_away', 'half_even', 'down'),
    netting: fc.boolean(),
    remainder: fc.constantFrom('largest', 'first'),
  }),
  sales: fc
    .array(sale, { maxLength: 7 })
    .map((list) => list.map((one, place) => ({ ...one, id: `I${place + 1}` }))),
});

export interface RawEvent {
  readonly on: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

const dayOf = (month: number, day: number) =>
  `2026-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** All events in the order of the days on which they are learnt, with a close of each month. */
export function eventsOf({ sales }: History): readonly RawEvent[] {
  const events = sales.flatMap((one) => {
    const total = one.lines.reduce((sum, { netMinor }) => sum + netMinor, 0);
    const learnt = (month: number) => dayOf(Math.min(12, month + one.delay), one.day);
    const shares = one.shared
      ? {
          shares: [
            { partner: 'P1', percent: '100/3' },
            { partner: 'P2', percent: '200/3' },
          ],
        }
      : {};
    const invoice = {
      type: 'invoice',
      id: one.id,
      partner: one.partner,
      lines: one.lines,
      ...shares,
      on: learnt(one.month),
      date: dayOf(one.month, one.day),
    };
    const credits = one.credits.map(({ percent, later }, place) => ({
      type: 'credit',
      id: `K${one.id}.${place}`,
      of: one.id,
      partner: one.partner,
      netMinor: Math.floor((total * percent) / 100),
      on: learnt(one.month + later),
      date: dayOf(Math.min(12, one.month + later), one.day),
    }));
    const payments = one.payments.map(({ percent, later }, place) => ({
      type: 'payment',
      id: `Z${one.id}.${place}`,
      doc: one.id,
      amountMinor: Math.floor((total * percent) / 100),
      on: learnt(one.month + later),
      date: dayOf(Math.min(12, one.month + later), one.day),
    }));
    return [invoice, ...credits, ...payments];
  });
  return withCloses(events, 12);
}

/** Sorts events by the day they are learnt and closes every month on the 29th of it. */
export function withCloses(events: readonly RawEvent[], last: number): readonly RawEvent[] {
  const closes = Array.from({ length: last }, (_, place) => [
    { type: 'close', period: dayOf(place + 1, 1).slice(0, 7), on: dayOf(place + 1, 29) },
    // Known on the 30th, so that it follows the close; February has no such business date.
    { type: 'payout', id: `B${place + 1}`, on: dayOf(place + 1, 30), date: dayOf(place + 1, 28) },
  ]).flat();
  return [...events, ...closes].toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

export interface Played {
  readonly books: Books;
  readonly reports: readonly PeriodReport[];
  readonly refused: readonly string[];
}

export function playHistory(
  { components, settings }: Pick<History, 'components' | 'settings'>,
  events: readonly RawEvent[],
): Played {
  const program = programCase.parse({
    currency: 'USD',
    firstPeriod: '2026-01',
    versions: [
      {
        effective: '2026-01-01',
        components: components.map((one, place) => ({ code: `c${place}`, ...one })),
      },
    ],
    settings,
  });
  const books = emptyBooks(program);
  const outcomes = readEvents(events, 'USD').map((event) => applyEvent(books, event));
  return {
    books,
    reports: outcomes.flatMap(({ report }) => (report === null ? [] : [report])),
    refused: outcomes.flatMap(({ refused }) => (refused === null ? [] : [refused])),
  };
}

/** The sum of all deltas by payee, component and currency; without zeros. */
export function totalsOf({ reports }: Played): Readonly<Record<string, bigint>> {
  const totals: Record<string, bigint> = {};
  for (const { earned } of reports)
    for (const { payee, component: code, currency, deltaMinor } of earned) {
      const key = `${payee} ${code} ${currency}`;
      totals[key] = (totals[key] ?? 0n) + deltaMinor;
    }
  return Object.fromEntries(Object.entries(totals).filter(([, total]) => total !== 0n));
}
