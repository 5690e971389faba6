import { z } from 'zod';
import {
  divideExact,
  exact,
  exactZero,
  multiplyExact,
  parseExact,
  sumExact,
  type Exact,
} from '#src/domain/exact.ts';
import { rowAtValue } from '#src/domain/incentive/methods/table.ts';
import { inMajor, inMinor, invoiceOf, runEngine, saleOf, type EngineRun } from './engine-run.ts';
import { expectRule, type RuleTable } from './rule.ts';

const text = z.union([z.string(), z.number()]);
const tier = z.looseObject({ from: text, to: text.nullish() });
const percents = z.array(tier.extend({ percent: text }));
const rates = z.array(tier.extend({ rate: text }));
const amounts = z.array(tier.extend({ amount: text }));
const boundary = z.enum(['lower_inclusive', 'upper_inclusive']).default('lower_inclusive');
const value = z.looseObject({ value: text });
const quantity = z.looseObject({ quantity: text });

type PercentTiers = z.infer<typeof percents>;
type UnitTiers = z.infer<typeof rates>;

const percentRows = (tiers: PercentTiers) =>
  tiers.map(({ from, percent }) => ({ from: inMinor(from), percent }));
const unitRows = (tiers: UnitTiers) => tiers.map(({ from, rate }) => ({ from, perUnitMinor: inMinor(rate) }));
const marginal = (tiers: PercentTiers) => ({
  method: { type: 'marginal', table: percentRows(tiers) },
  window: 'year',
});
const total = (run: EngineRun) => ({ total: inMajor(run.exactMinor) });

/** The segments of the last line, in major units. */
function segmentsOf(
  run: EngineRun,
): readonly { readonly from: Exact; readonly part: Exact; readonly amount: Exact }[] {
  return (run.lines.at(-1)?.trace.segments ?? []).map(({ from, part, amount }) => ({
    from: parseExact(from),
    part: parseExact(part),
    amount: parseExact(amount),
  }));
}

function segmentPairs(run: EngineRun, tiers: PercentTiers) {
  return segmentsOf(run).map(({ from, part }) => {
    const row = tiers.find((one) => inMinor(one.from) === inMinorText(from));
    return [inMajor(part), parseExact(row?.percent ?? 0)];
  });
}

function inMinorText([numerator, denominator]: Exact): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
}

function blended(run: EngineRun, amount: string | number): Exact {
  const last = sumExact(segmentsOf(run).map((segment) => segment.amount));
  return multiplyExact(divideExact(last, multiplyExact(parseExact(amount), exact(100n))), exact(100n));
}

/** Rules with a table: rates by volume, lump sums, packages. */
export const tableRules: RuleTable = {
  marginal_percent: expectRule(z.looseObject({ tiers: percents }), value, ({ tiers }, inputs) => {
    const run = runEngine([marginal(tiers)], saleOf({ amount: inputs.value }));
    return { ...total(run), segments: segmentsOf(run).map(({ amount }) => inMajor(amount)) };
  }),
  sum_of_marginal_percent: expectRule(
    z.looseObject({ tiers: percents }),
    z.looseObject({ values: z.array(text) }),
    ({ tiers }, { values }) => ({
      total: sumExact(
        values.map((amount) => inMajor(runEngine([marginal(tiers)], saleOf({ amount })).exactMinor)),
      ),
    }),
  ),
  marginal_percent_from_prior: expectRule(
    z.looseObject({ tiers: percents }),
    value.extend({ prior: text }),
    ({ tiers }, inputs) => {
      const run = runEngine(
        [marginal(tiers)],
        [
          invoiceOf('I1', '2026-01-10', [{ amount: inputs.prior }]),
          invoiceOf('I2', '2026-02-10', [{ amount: inputs.value }]),
        ],
      );
      return {
        total: inMajor(sumExact(segmentsOf(run).map(({ amount }) => amount))),
        segments: segmentPairs(run, tiers),
        blended_percent: blended(run, inputs.value),
      };
    },
  ),
  segments: expectRule(z.looseObject({ tiers: percents }), value, ({ tiers }, inputs) => ({
    segments: segmentPairs(runEngine([marginal(tiers)], saleOf({ amount: inputs.value })), tiers),
  })),
  blended_percent: expectRule(z.looseObject({ tiers: percents }), value, ({ tiers }, inputs) => {
    const run = runEngine([marginal(tiers)], saleOf({ amount: inputs.value }));
    const sale = parseExact(inputs.value);
    return {
      blended_percent: blended(run, inputs.value),
      per_tier_percent: segmentsOf(run).map(({ amount }) => divideExact(amount, sale)),
    };
  }),
  lookup_percent: expectRule(z.looseObject({ tiers: percents, boundary }), value, (rule, inputs) => {
    const rows = rule.tiers.map(({ from, percent }) => ({
      from: parseExact(from),
      rate: parseExact(percent),
    }));
    return { percent: rowAtValue(rows, parseExact(inputs.value), rule.boundary)?.rate ?? exactZero };
  }),
  retroactive_percent: expectRule(z.looseObject({ tiers: percents, boundary }), value, (rule, inputs) =>
    total(
      runEngine(
        [{ method: { type: 'retroactive', table: percentRows(rule.tiers), boundary: rule.boundary } }],
        saleOf({ amount: inputs.value }),
      ),
    ),
  ),
  retroactive_percent_by_qty: expectRule(
    z.looseObject({ tiers: percents, boundary }),
    quantity.extend({ unit_price: text }),
    (rule, inputs) => {
      const table = rule.tiers.map(({ from, percent }) => ({ from, percent }));
      const amount = inMinorText(multiplyExact(parseExact(inputs.quantity), parseExact(inputs.unit_price)));
      return total(
        runEngine(
          [{ method: { type: 'retroactive', measure: 'quantity', table, boundary: rule.boundary } }],
          saleOf({ amount, quantity: inputs.quantity }),
        ),
      );
    },
  ),
  retroactive_per_unit: expectRule(z.looseObject({ tiers: rates, boundary }), quantity, (rule, inputs) =>
    total(
      runEngine(
        [
          {
            method: {
              type: 'retroactive',
              measure: 'quantity',
              table: unitRows(rule.tiers),
              boundary: rule.boundary,
            },
          },
        ],
        saleOf({ quantity: inputs.quantity }),
      ),
    ),
  ),
  retroactive_per_unit_plus_fixed: expectRule(
    z.looseObject({ tiers: z.array(tier.extend({ rate: text, fixed: text })), boundary }),
    quantity,
    (rule, inputs) => {
      const fixed = rule.tiers.map((one) => ({ from: one.from, amountMinor: inMinor(one.fixed) }));
      const terms = { measure: 'quantity', boundary: rule.boundary };
      return total(
        runEngine(
          [
            { method: { type: 'retroactive', ...terms, table: unitRows(rule.tiers) } },
            { method: { type: 'lump', ...terms, table: fixed } },
          ],
          saleOf({ quantity: inputs.quantity }),
        ),
      );
    },
  ),
  marginal_per_unit: expectRule(z.looseObject({ tiers: rates }), quantity, ({ tiers }, inputs) => {
    const run = runEngine(
      [{ method: { type: 'marginal', measure: 'quantity', table: unitRows(tiers) } }],
      saleOf({ quantity: inputs.quantity }),
    );
    return { ...total(run), segments: segmentsOf(run).map(({ amount }) => inMajor(amount)) };
  }),
  interpolated_amount: expectRule(z.looseObject({ tiers: amounts }), value, ({ tiers }, inputs) => {
    const rows = tiers.map(({ from, amount }) => ({ from: inMinor(from), spreadMinor: inMinor(amount) }));
    const end = tiers.at(-1)?.to;
    const table = end === null || end === undefined ? rows : [...rows, { from: inMinor(end), percent: 0 }];
    return total(runEngine([{ method: { type: 'marginal', table } }], saleOf({ amount: inputs.value })));
  }),
  graduated_percent_flat: expectRule(
    z.looseObject({ tiers: z.array(tier.extend({ percent: text, flat: text })) }),
    z.looseObject({ values: z.array(text) }),
    ({ tiers }, { values }) => {
      const table = tiers.map((one) => ({
        from: inMinor(one.from),
        percent: one.percent,
        flatMinor: inMinor(one.flat),
      }));
      const run = runEngine(
        [{ method: { type: 'marginal', table } }],
        [
          invoiceOf(
            'I1',
            '2026-01-10',
            values.map((amount) => ({ amount })),
          ),
        ],
      );
      return { amounts: run.lines.map(({ trace }) => inMajor(parseExact(trace.granted))) };
    },
  ),
  sum_reached_flat: expectRule(z.looseObject({ tiers: amounts, boundary }), quantity, (rule, inputs) =>
    total(lumpRun(rule, 'sum', inputs.quantity)),
  ),
  highest_flat: expectRule(z.looseObject({ tiers: amounts, boundary }), quantity, (rule, inputs) =>
    total(lumpRun(rule, 'highest', inputs.quantity)),
  ),
  target_lump: expectRule(z.looseObject({ target: text, amount: text }), value, (rule, inputs) => {
    const table = [{ from: inMinor(rule.target), amountMinor: inMinor(rule.amount) }];
    return total(runEngine([{ method: { type: 'lump', table } }], saleOf({ amount: inputs.value })));
  }),
  package: expectRule(
    z.looseObject({ package_size: text, package_price: text, free_units: text.default(0) }),
    quantity,
    (rule, inputs) =>
      total(
        runEngine(
          [
            {
              method: {
                type: 'package',
                measure: 'quantity',
                size: rule.package_size,
                priceMinor: inMinor(rule.package_price),
                freeUnits: rule.free_units,
              },
            },
          ],
          saleOf({ quantity: inputs.quantity }),
        ),
      ),
  ),
  per_multiple: expectRule(
    z.looseObject({ quantity: text, multiple: text }),
    z.looseObject({ order_quantity: text }),
    (rule, inputs) => ({
      // Free goods are counted, not paid: a full package gives that many items.
      free_items: runEngine(
        [
          {
            method: {
              type: 'package',
              measure: 'quantity',
              size: rule.multiple,
              priceMinor: rule.quantity,
              part: 'down',
            },
          },
        ],
        saleOf({ quantity: inputs.order_quantity }),
      ).exactMinor,
    }),
  ),
};

function lumpRun(
  rule: { readonly tiers: z.infer<typeof amounts>; readonly boundary: string },
  pay: 'sum' | 'highest',
  units: string | number,
): EngineRun {
  const table = rule.tiers.map(({ from, amount }) => ({ from, amountMinor: inMinor(amount) }));
  return runEngine(
    [{ method: { type: 'lump', measure: 'quantity', pay, boundary: rule.boundary, table } }],
    saleOf({ quantity: units }),
  );
}
