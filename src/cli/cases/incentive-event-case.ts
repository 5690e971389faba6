import { z } from 'zod';
import { exactZero } from '#src/domain/exact.ts';
import type { DocumentFact, DocumentLine, IncentiveFact } from '#src/domain/incentive/engine/facts.ts';
import type { BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import { exactCase, expectation, minorCase, percentCase, versionCase } from './incentive-program-case.ts';

const text = z.string();
const optionalText = text.nullable().default(null);
const line = z.object({
  netMinor: minorCase.default(0n),
  taxMinor: minorCase.default(0n),
  qty: exactCase.default(exactZero),
  product: optionalText,
  line: z.int().nullable().default(null),
});
const shares = z
  .array(z.object({ partner: text, percent: percentCase }))
  .transform((list) => list.map(({ partner, percent: share }) => ({ partner, share })));
const document = line.extend({
  id: text,
  version: z.number().default(1),
  date: text,
  partner: optionalText,
  currency: optionalText,
  lines: z.array(line).optional(),
  shares: shares.nullable().default(null),
  person: optionalText,
  dealType: optionalText,
  registered: z.boolean().default(false),
  saleRef: optionalText,
  replaces: optionalText,
  of: optionalText,
});

function documentOf(type: DocumentFact['type']) {
  return document.transform((raw): BookEvent => {
    const lines = (raw.lines ?? [raw]).map((one): DocumentLine => ({
      netMinor: one.netMinor,
      taxMinor: one.taxMinor,
      quantity: one.qty,
      product: one.product ?? raw.product,
      line: one.line,
    }));
    const { id, version, date, partner, currency, person, dealType, registered, saleRef, replaces, of } = raw;
    return factEvent({
      type,
      id,
      version,
      date,
      partner,
      currency,
      lines,
      shares: raw.shares,
      person,
      dealType,
      registered,
      saleRef,
      replaces,
      of,
    });
  });
}

function factEvent(fact: IncentiveFact): BookEvent {
  return { type: 'fact', fact };
}

const on = text;
const dated = z.object({ date: text });

/** How each type of event is read. An amount is in the programme's currency unless the event names one. */
function eventSchemas(currency: string): Readonly<Record<string, z.ZodType<BookEvent>>> {
  const money = dated.extend({ currency: text.default(currency), amountMinor: minorCase });
  return {
    ...factSchemas(currency),
    close: z.object({ type: z.literal('close'), period: text }),
    run: z.object({ type: z.literal('run') }),
    contract: z
      .object({ type: z.literal('contract'), partner: text, netting: z.boolean(), on })
      .transform((raw) => ({ ...raw, date: raw.on })),
    payout: dated.extend({
      type: z.literal('payout'),
      id: text,
      payees: z.array(text).nullable().default(null),
    }),
    payout_paid: payoutStep,
    payout_returned: payoutStep,
    repayment: money.extend({ type: z.literal('repayment'), partner: text }),
    write_off: money.extend({ type: z.literal('write_off'), partner: text }),
    holdback_release: dated.extend({ type: z.literal('holdback_release'), component: text, partner: text }),
    dispute_open: dated
      .extend({
        type: z.literal('dispute_open'),
        id: text,
        partner: text,
        component: text,
        doc: text,
        line: z.int().nullable().default(null),
      })
      .transform(({ doc, ...rest }) => ({ ...rest, document: doc })),
    dispute_resolved: dated.extend({
      type: z.literal('dispute_resolved'),
      id: text,
      adjustMinor: minorCase.default(0n),
    }),
    mdf_reserve: money.extend({
      type: z.literal('mdf_reserve'),
      id: text,
      partner: text,
      component: text,
    }),
    mdf_claim: dated.extend({ type: z.literal('mdf_claim'), request: text, amountMinor: minorCase }),
    mdf_release: dated.extend({ type: z.literal('mdf_release'), request: text }),
  };
}

const payoutStep = dated.extend({
  type: z.enum(['payout_paid', 'payout_returned']),
  payout: text,
  payee: optionalText,
  currency: optionalText,
});

function factSchemas(currency: string): Readonly<Record<string, z.ZodType<BookEvent>>> {
  const inCurrency = text.default(currency);
  return {
    invoice: documentOf('invoice'),
    pos: documentOf('pos'),
    credit: documentOf('credit'),
    shares: z
      .object({ type: z.literal('shares'), doc: text, shares })
      .transform(({ doc, ...rest }) => factEvent({ ...rest, document: doc })),
    cancel: dated
      .extend({ type: z.literal('cancel'), doc: text })
      .transform(({ doc, ...rest }) => factEvent({ ...rest, document: doc })),
    payment: dated
      .extend({ type: z.literal('payment'), id: text, doc: text, amountMinor: minorCase })
      .transform(({ doc, ...rest }) => factEvent({ ...rest, document: doc })),
    payment_reversed: dated
      .extend({ type: z.literal('payment_reversed'), payment: text })
      .transform(factEvent),
    tier: z.object({ type: z.literal('tier'), partner: text, tier: text, from: text }).transform(factEvent),
    fx: z.object({ type: z.literal('fx'), pair: text, from: text, rate: exactCase }).transform(factEvent),
    program_version: versionCase.transform((version) => factEvent({ type: 'program_version', ...version })),
    estimate: dated
      .extend({ component: text, partner: text })
      .loose()
      .transform(({ component, partner, date, ...rest }) =>
        factEvent({ type: 'estimate', component, partner, date, expected: expectation.parse(rest) }),
      ),
    baseline: z
      .object({
        type: z.literal('baseline'),
        component: text,
        partner: text,
        period: text,
        currency: inCurrency,
        amountMinor: exactCase,
      })
      .transform(({ amountMinor, ...rest }) => factEvent({ ...rest, amount: amountMinor })),
    merge: dated
      .extend({
        type: z.literal('merge'),
        from: text,
        into: text,
        on,
        windows: z.enum(['keep', 'pool']).nullable().default(null),
      })
      .transform(factEvent),
    adjust: dated
      .extend({
        type: z.literal('adjust'),
        component: text,
        partner: text,
        period: text,
        currency: inCurrency,
        amountMinor: minorCase,
      })
      .transform(factEvent),
  };
}

const anyEvent = z.looseObject({ type: text, on, date: text.optional() });

/**
 * Reads the events of a case. The business date is the day it was learnt unless it is given.
 *
 * @throws ZodError for an event that cannot be read, Error for a type that the format does not have
 */
export function readEvents(raw: readonly unknown[], currency: string): readonly BookEvent[] {
  const schemas = eventSchemas(currency);
  return raw.map((one) => {
    const event = anyEvent.parse(one);
    const schema = Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined;
    if (schema === undefined) throw new Error(`the format has no event “${event.type}”`);
    return schema.parse({ ...event, date: event.date ?? event.on });
  });
}
