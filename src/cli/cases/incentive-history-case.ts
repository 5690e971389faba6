import { z } from 'zod';
import { safeErrorMessage } from '#src/domain/errors.ts';
import type { IncentiveProgram } from '#src/domain/incentive/component.ts';
import type { BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import type { Payout } from '#src/domain/ledger/books/books.ts';
import type { BalanceRow, BookRow, PeriodReport } from '#src/domain/ledger/books/period-report.ts';
import { jsonDifferences, type CaseResult, type NamedCase } from './case-file.ts';
import { readEvents } from './incentive-event-case.ts';
import type { PlayedHistory } from './incentive-play.ts';
import { programCase } from './incentive-program-case.ts';

const historyCase = z.looseObject({
  program: programCase,
  events: z.array(z.unknown()),
  checkLines: z.array(z.string()).default([]),
  expected: z.looseObject({
    periods: z.array(z.looseObject({ period: z.string() })),
    payouts: z.array(z.unknown()).optional(),
    refused: z.array(z.number()).optional(),
    lines: z.record(z.string(), z.unknown()).optional(),
  }),
});
type History = z.infer<typeof historyCase>;

/** Plays the events of a programme under a name that no other history has. */
export type PlayHistory = (
  name: string,
  program: IncentiveProgram,
  events: readonly BookEvent[],
) => Promise<PlayedHistory>;

/** Plays one history and compares its outcome with what it expects. A case that cannot be read fails. */
export async function runIncentiveHistory(named: NamedCase, play: PlayHistory): Promise<CaseResult> {
  const { id, title } = named;
  const parsed = historyCase.safeParse(named);
  if (!parsed.success)
    return { id, title, differences: [`the case cannot be read: ${z.prettifyError(parsed.error)}`] };
  try {
    const { expected } = parsed.data;
    return {
      id,
      title,
      differences: jsonDifferences(
        comparable(expected),
        comparable(await outcomeOf(parsed.data, named.id, play)),
      ),
    };
  } catch (error) {
    return { id, title, differences: [safeErrorMessage(error)] };
  }
}

async function outcomeOf({ program, events, checkLines }: History, name: string, play: PlayHistory) {
  const { reports, payouts, refused } = await play(name, program, readEvents(events, program.currency));
  return {
    periods: reports.map(periodOutcome),
    payouts: payoutOutcomes(payouts),
    refused,
    lines: Object.fromEntries(
      reports
        .filter(({ period }) => checkLines.includes(period))
        .map((report) => [report.period, linesOutcome(report)]),
    ),
  };
}

function periodOutcome({ period, earned, provided, balances, accounts }: PeriodReport) {
  return {
    period,
    earned: earned.map(rowOutcome),
    provided: provided.map(rowOutcome),
    balances: balances.map(balanceOutcome),
    accounts: Object.fromEntries(
      Object.entries(accounts).map(
        ([currency, sums]) =>
          [
            currency,
            Object.fromEntries(Object.entries(sums).map(([account, amount]) => [account, Number(amount)])),
          ] as const,
      ),
    ),
  };
}

function rowOutcome({ deltaMinor, totalMinor, ...row }: BookRow) {
  return { ...row, deltaMinor: Number(deltaMinor), totalMinor: Number(totalMinor) };
}

function balanceOutcome({ amounts, ...row }: BalanceRow) {
  return {
    ...row,
    ...Object.fromEntries(Object.entries(amounts).map(([field, amount]) => [field, Number(amount)])),
  };
}

function payoutOutcomes(payouts: readonly Payout[]) {
  return payouts.map(({ id, lines, carried }) => ({
    id,
    items: lines.map(({ payee, currency, channel, amountMinor }) => ({
      payee,
      currency,
      channel,
      amountMinor: Number(amountMinor),
    })),
    carried: carried.map(({ amountMinor, ...row }) => ({ ...row, amountMinor: Number(amountMinor) })),
  }));
}

function linesOutcome({ lines }: PeriodReport) {
  return lines.map(({ component, payee: partner, currency, window, lines: bucketLines }) => ({
    component,
    partner,
    currency,
    window: window.key,
    lines: bucketLines.map(({ document, line, amountMinor }) => [document, line, Number(amountMinor)]),
  }));
}

const listFields = ['earned', 'provided', 'balances'] as const;

/** The outcome with rows by their keys, so that their order does not matter, and without zeros. */
function comparable(outcome: {
  readonly periods: readonly object[];
  readonly payouts?: unknown;
  readonly refused?: unknown;
  readonly lines?: unknown;
}): unknown {
  return withoutZeros({
    periods: outcome.periods.map((period) => ({
      ...period,
      ...Object.fromEntries(
        listFields.map((field) => [field, byKey(field in period ? period[field as never] : [])]),
      ),
    })),
    payouts: z
      .array(z.looseObject({ items: z.unknown(), carried: z.unknown() }))
      .catch([])
      .parse(outcome.payouts)
      .map((payout) => ({ ...payout, items: byKey(payout.items), carried: byKey(payout.carried) })),
    refused: outcome.refused ?? [],
    lines: Object.fromEntries(
      Object.entries(outcome.lines ?? {}).map(([period, buckets]) => [period, byKey(buckets)]),
    ),
  });
}

const rowKeys = ['payee', 'partner', 'component', 'currency', 'channel', 'window'] as const;

function byKey(rows: unknown): Readonly<Record<string, unknown>> {
  const list = z.array(z.record(z.string(), z.unknown())).catch([]).parse(rows);
  return Object.fromEntries(
    list
      .map(
        (row) =>
          [
            rowKeys.flatMap((key) => (typeof row[key] === 'string' ? [row[key]] : [])).join('|'),
            Object.fromEntries(Object.entries(row).filter(([key]) => !rowKeys.some((one) => one === key))),
          ] as const,
      )
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Leaves out fields that are 0 and objects that have no field, because the format leaves them out. */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((one: unknown) => (typeof one === 'object' ? withoutZeros(one) : one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, withoutZeros(one)] as const)
      .filter(([, one]) => one !== 0 && !(isPlain(one) && Object.keys(one).length === 0)),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
