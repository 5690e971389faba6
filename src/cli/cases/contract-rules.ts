import { z } from 'zod';
import {
  divideExact,
  exact,
  exactZero,
  multiplyExact,
  parseExact,
  roundExact,
  subtractExact,
  type ExactRounding,
} from '#src/domain/exact.ts';
import { calculationDates } from '#src/domain/incentive/engine/calculation-dates.ts';
import { shareOut } from '#src/domain/incentive/engine/share-out.ts';
import { drawPeriods } from '#src/domain/incentive/methods/draw.ts';
import { guaranteedPeriods } from '#src/domain/incentive/methods/guarantee.ts';
import { milestonePayments } from '#src/domain/incentive/methods/milestones.ts';
import { unservedShare } from '#src/domain/incentive/methods/unserved-term.ts';
import { withoutTax } from '#src/domain/incentive/methods/without-tax.ts';
import { currencyExponent } from '#src/domain/money.ts';
import { applyEvent, type BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import { emptyBooks } from '#src/domain/ledger/books/books.ts';
import { inMajor, inMinor, invoiceOf, programOf, runEngine, saleOf, wholeMinor } from './engine-run.ts';
import { expectRule, type RuleTable } from './rule.ts';

const text = z.union([z.string(), z.number()]);
const quantity = z.looseObject({ quantity: text });
const percentOf = (percent: string | number) => ({ method: { type: 'percent', percent } });
const hundredth = exact(1n, 100n);
const asShare = (percent: string | number) => multiplyExact(parseExact(percent), hundredth);

const roundings: Readonly<Record<string, ExactRounding>> = {
  half_up: 'half_away',
  half_even: 'half_even',
  down: 'down',
};
const rounding = z.string().transform((name, context) => {
  const found = Object.hasOwn(roundings, name) ? roundings[name] : undefined;
  if (found === undefined) context.addIssue(`no rounding is called ${name}`);
  return found ?? 'half_away';
});

/** Rules of a contract: flat rates, caps, clawbacks, holdback, guarantees, remainders, rates of exchange. */
export const contractRules: RuleTable = {
  flat_percent: expectRule(
    z.looseObject({ percent: text, eligible: z.string().optional() }),
    z.looseObject({ lines: z.array(text) }),
    ({ percent, eligible }, { lines }) => {
      const run = runEngine(
        [{ ...percentOf(percent), ...(eligible === undefined ? {} : { where: { products: [eligible] } }) }],
        [
          invoiceOf(
            'I1',
            '2026-01-10',
            lines.map((amount) => ({ amount, product: eligible })),
          ),
        ],
      );
      return {
        base: inMajor(run.lines.reduce((sum, { trace }) => sum + BigInt(trace.basis), 0n)),
        total: inMajor(run.exactMinor),
      };
    },
  ),
  flat_per_unit: expectRule(z.looseObject({ rate: text }), quantity, ({ rate }, inputs) => ({
    total: inMajor(
      runEngine([{ method: { type: 'per_unit', perUnitMinor: inMinor(rate) } }], saleOf(inputs)).exactMinor,
    ),
  })),
  percent_capped: expectRule(
    z.looseObject({ percent: text, cap: text }),
    z.looseObject({ amount: text }),
    ({ percent, cap }, { amount }) => {
      const caps = [{ per: 'document', amountMinor: inMinor(cap) }];
      const fee = inMajor(runEngine([{ ...percentOf(percent), caps }], saleOf({ amount })).exactMinor);
      return { fee, rest: subtractExact(parseExact(amount), fee) };
    },
  ),
  sequential_reduction: expectRule(
    z.looseObject({
      deals: z.record(
        z.string(),
        z.looseObject({
          percent: text,
          apply_reduction: z.boolean(),
          exclude_from_reduction: z.boolean(),
          reduction_basis: z.enum(['Provision', 'Rebate', 'Both']).default('Both'),
        }),
      ),
    }),
    z.looseObject({ value: text, sequence: z.array(z.string()) }),
    ({ deals }, { value, sequence }) => {
      // The vendor's example processes provisions: a deal that is reduced by rebates only is not reduced there.
      const reduced = (code: string) =>
        deals[code]?.apply_reduction && deals[code]?.reduction_basis !== 'Rebate';
      const components = sequence.map((code, place) => ({
        code,
        ...percentOf(deals[code]?.percent ?? 0),
        reducesBy: reduced(code)
          ? sequence.slice(0, place).filter((earlier) => deals[earlier]?.exclude_from_reduction === false)
          : [],
      }));
      const run = runEngine(components, saleOf({ amount: value }));
      return {
        amounts: Object.fromEntries([...run.byComponent].map(([code, amount]) => [code, inMajor(amount)])),
        total: inMajor(run.exactMinor),
      };
    },
  ),
  flat_percent_with_credit: expectRule(
    z.looseObject({ percent: text }),
    z.looseObject({ invoice: text, credit_note: text }),
    ({ percent }, { invoice, credit_note: credit }) => {
      const entries = invoiceThenCredit(percentOf(percent), wholeMinor(invoice), -wholeMinor(credit));
      return { entries: entries.map(inMajor), net: inMajor(entries.reduce((sum, one) => sum + one, 0n)) };
    },
  ),
  clawback_percent: expectRule(
    z.looseObject({ percent: text }),
    z.looseObject({ earned: text }),
    ({ percent }, { earned }) => {
      const sale = wholeMinor(earned);
      const entries = invoiceThenCredit({ ...percentOf(100), clawbackPercent: percent }, sale, sale);
      return { adjustment: inMajor(entries[1] ?? 0n) };
    },
  ),
  net_negative_balance: expectRule(
    z.looseObject({}),
    z.looseObject({ opening: text, earned: text }),
    (_rule, { opening, earned }) => {
      const books = emptyBooks(programOf([percentOf(100)]));
      const events: readonly BookEvent[] = [
        {
          type: 'fact',
          fact: {
            type: 'adjust',
            component: 'c1',
            partner: 'P',
            period: '2026-01',
            currency: 'USD',
            date: '2026-01-01',
            amountMinor: wholeMinor(opening),
          },
        },
        { type: 'close', period: '2026-01' },
        { type: 'fact', fact: invoiceOf('I1', '2026-02-10', [{ amount: earned }]) },
        { type: 'close', period: '2026-02' },
        { type: 'payout', id: 'B1', payees: null, date: '2026-03-01' },
      ];
      for (const event of events) applyEvent(books, event);
      const paid = books.payouts.get('B1')?.lines.reduce((sum, line) => sum + line.amountMinor, 0n) ?? 0n;
      const closing = books.live
        .buckets()
        .reduce((sum, bucket) => sum - books.live.sum(bucket, 'payable'), 0n);
      return { paid: inMajor(paid), closing: inMajor(closing) };
    },
  ),
  holdback: expectRule(
    z.looseObject({ gross_percent: text, agent_percent: text, holdback_percent: text }),
    z.looseObject({ net_billed: text }),
    (rule, { net_billed: amount }) => {
      const holdback = { percent: rule.holdback_percent, months: 12 };
      const payable = (percent: string | number) => {
        const books = emptyBooks(programOf([{ ...percentOf(percent), holdback }]));
        applyEvent(books, { type: 'fact', fact: invoiceOf('I1', '2026-01-10', [{ amount }]) });
        applyEvent(books, { type: 'close', period: '2026-01' });
        const minor = books.closed
          .buckets()
          .reduce((sum, bucket) => sum - books.closed.sum(bucket, 'payable'), 0n);
        return inMajor(minor);
      };
      return { expected_gross: payable(rule.gross_percent), agent: payable(rule.agent_percent) };
    },
  ),
  guarantee_topup: expectRule(
    z.looseObject({ guarantee_per_period: text, cumulative: z.boolean() }),
    z.looseObject({ royalties: z.array(text) }),
    (rule, { royalties }) => {
      const earned = royalties.map(parseExact);
      const last = guaranteedPeriods(earned, parseExact(rule.guarantee_per_period), rule.cumulative).at(-1);
      return { topup_last: last?.topUp ?? exactZero, guarantee_last: last?.guarantee ?? exactZero };
    },
  ),
  recoverable_draw: expectRule(
    z.looseObject({ minimum_per_period: text, recovery_starts_period: z.number() }),
    z.looseObject({ earnings: z.array(text), opening_balance: text.default(0) }),
    (rule, inputs) => {
      const periods = drawPeriods(inputs.earnings.map(parseExact), {
        minimum: parseExact(rule.minimum_per_period),
        recoveryStarts: rule.recovery_starts_period,
        opening: parseExact(inputs.opening_balance),
      });
      return {
        draw: periods.map(({ draw }) => draw),
        paid: periods.map(({ paid }) => paid),
        balance_due: periods.map(({ balance }) => balance),
      };
    },
  ),
  milestones: expectRule(
    z.looseObject({ percents: z.array(text) }),
    z.looseObject({ commission: text }),
    ({ percents }, { commission }) => ({
      payments: milestonePayments(wholeMinor(commission), percents.map(asShare)).map(inMajor),
    }),
  ),
  prorata_unserved: expectRule(
    z.looseObject({}),
    z.looseObject({ term_months: text, served_months: text }),
    (_rule, inputs) => ({
      clawback_percent: multiplyExact(
        unservedShare(Number(inputs.term_months), Number(inputs.served_months)),
        exact(100n),
      ),
    }),
  ),
  ex_tax_then_percent: expectRule(
    z.looseObject({ tax_percent: text, percent: text, round: rounding }),
    z.looseObject({ collected: text }),
    (rule, { collected }) => {
      const { netMinor, taxMinor } = withoutTax(wholeMinor(collected), asShare(rule.tax_percent), rule.round);
      const component = { ...percentOf(rule.percent), rounding: rule.round };
      const amount = `${netMinor}/100`;
      return {
        tax: inMajor(taxMinor),
        net: inMajor(netMinor),
        commission: inMajor(runEngine([component], saleOf({ amount })).earnedMinor),
      };
    },
  ),
  alloc_floor_then_first: expectRule(
    z.looseObject({ ratios: z.array(text) }),
    z.looseObject({ amount: text }),
    ({ ratios }, { amount }) => ({
      shares: shareOut(
        ratios.map((ratio) => multiplyExact(parseExact(amount), parseExact(ratio))),
        'down',
        'first',
      ).map((share) => exact(share)),
    }),
  ),
  fx: expectRule(
    z.looseObject({ rate: text, round: rounding, target_scale: z.int().optional() }),
    z.looseObject({ amount: text, from: z.string(), to: z.string() }),
    (rule, { amount, to }) => {
      const unit = exact(10n ** BigInt(rule.target_scale ?? currencyExponent(to)));
      const product = multiplyExact(parseExact(amount), parseExact(rule.rate));
      return { amount: divideExact(exact(roundExact(multiplyExact(product, unit), rule.round)), unit) };
    },
  ),
  period_window: expectRule(
    z.looseObject({
      frequency: z.enum(['monthly', 'quarterly', 'yearly']),
      transaction_grace_days: z.int(),
      payout_calculation_days: z.int(),
    }),
    z.looseObject({ period: z.string() }),
    (rule, { period }) => {
      const kinds = { monthly: 'month', quarterly: 'quarter', yearly: 'year' } as const;
      const dates = calculationDates(kinds[rule.frequency], period, {
        graceDays: rule.transaction_grace_days,
        calculationDays: rule.payout_calculation_days,
      });
      return {
        transactions_from: dates.from,
        transactions_to: dates.to,
        calculated_on: dates.calculatedOn,
      };
    },
  ),
};

/** The amounts that the close of the sale and the close of its credit memo post. */
function invoiceThenCredit(component: object, saleMinor: bigint, creditMinor: bigint): readonly bigint[] {
  const books = emptyBooks(programOf([component]));
  const invoice = invoiceOf('I1', '2026-01-10', [{ amount: `${saleMinor}/100` }]);
  const memo = invoiceOf('K1', '2026-02-10', [{ amount: `${creditMinor}/100` }]);
  const events: readonly BookEvent[] = [
    { type: 'fact', fact: invoice },
    { type: 'close', period: '2026-01' },
    { type: 'fact', fact: { ...memo, type: 'credit', of: 'I1' } },
    { type: 'close', period: '2026-02' },
  ];
  return events.flatMap((event) => {
    const { report } = applyEvent(books, event);
    return report === null ? [] : [report.earned.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0n)];
  });
}
