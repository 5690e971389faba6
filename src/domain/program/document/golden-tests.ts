/** Tests inside a programme: facts, and what must come out by the rules that decide real registrations. */
import { z } from 'zod';
import { ruleKinds } from '#src/domain/registrations/registration.ts';
import { registrationStatuses } from '#src/domain/status.ts';
import { amount, choice, country, day, instant, boundedText as text, wholeNumber } from './values.ts';

const company = z.strictObject({
  name: text('a name', 200),
  domain: text('a domain', 200).nullable().default(null),
  country: country.nullable().default(null),
});
const family = text('a product family', 200).nullable().default(null);
const customFields = z.record(z.string(), text('a value', 2000)).default({});
const dealType = choice(['new', 'renewal']).default('new');

/** `customer` is left out where the other record is about the same customer. */
const rival = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('registration'),
      partner: choice(['same', 'other']).default('other'),
      customer: company.optional(),
      status: choice(registrationStatuses),
      submittedAt: instant,
      protectedUntil: day.nullable().default(null),
      productFamily: family,
      dealType,
      amount: amount.nullable().default(null),
      expectedClose: day.nullable().default(null),
      role: text('a role', 80).nullable().default(null),
    }),
    z.strictObject({
      kind: z.literal('opportunity'),
      customer: company.optional(),
      stage: text('a stage', 200).nullable().default(null),
      outcome: choice(['open', 'won', 'lost']).default('open'),
      openedAt: instant.nullable().default(null),
      closedOn: day.nullable().default(null),
      productFamily: family,
    }),
    z.strictObject({
      kind: z.literal('lead'),
      customer: company.optional(),
      openedAt: instant.nullable().default(null),
    }),
    z.strictObject({
      kind: z.literal('purchase'),
      customer: company.optional(),
      since: day,
      lastOn: day.nullable().default(null),
    }),
  ],
  'Set kind to registration, opportunity, lead or purchase.',
);

const account = company.extend({
  registryIds: z.array(text('a registry id', 200), 'Write a list.').default([]),
  crmIds: z.array(text('an id', 200), 'Write a list.').default([]),
  fields: customFields,
});

const registration = z.strictObject({
  /** It is submitted and evaluated at this instant. */
  submittedAt: instant,
  partner: z
    .strictObject({
      code: text('a partner code', 80).nullable().default(null),
      tier: text('a tier', 40).nullable().default(null),
      /** The e-mail address of the channel account manager. */
      cam: text('an e-mail address', 200).nullable().default(null),
      /** Countries, separated by `;`. Null: anywhere. */
      territory: text('countries', 2000).nullable().default(null),
      /** Custom fields of the partner's account. */
      fields: customFields,
      /** Earlier registrations that wait or are protected. */
      openRegistrations: wholeNumber(0, 100_000, 'registrations', 3).default(0),
    })
    .prefault({}),
  customer: company,
  productFamily: family,
  dealType,
  amount: amount.nullable().default(null),
  expectedClose: day.nullable().default(null),
  /** The part of the partner in the deal. */
  role: text('a role', 80).nullable().default(null),
  /** Accounts of the CRM that may be the customer. */
  accounts: z.array(account, 'Write a list.').default([]),
  /** Records that may be about the same customer. */
  rivals: z.array(rival, 'Write a list.').default([]),
});

const invoice = z.strictObject({ issuedOn: day, tier: text('a tier', 40), amount });

const expectation = z
  .strictObject({
    status: choice(['approved', 'in_review', 'information_needed', 'rejected']).optional(),
    /** The rules that find something, in any order. */
    rules: z.array(choice(ruleKinds), 'Write a list.').optional(),
    protectedUntil: day.nullable().optional(),
    route: text('the name of a route', 40).optional(),
    /** The approvers of each step, in order. */
    steps: z.array(z.array(z.string(), 'Write a list.'), 'Write a list of lists.').optional(),
    decisionDue: instant.optional(),
    /** By component. */
    earns: z.record(z.string(), amount).optional(),
  })
  .refine((parts) => Object.values(parts).some((part) => part !== undefined), {
    message: 'Say what must come out: status, rules, protectedUntil, route, steps, decisionDue or earns.',
  });

export const goldenTest = z
  .strictObject({
    name: text('a name', 200),
    registration: registration.optional(),
    invoice: invoice.optional(),
    expect: expectation,
  })
  .superRefine((test, context) => {
    const { registration: deal, invoice: document, expect } = test;
    if ((deal === undefined) === (document === undefined))
      context.addIssue({ code: 'custom', message: 'Describe either a registration or an invoice.' });
    if (document !== undefined && Object.keys(expect).some((key) => key !== 'earns'))
      context.addIssue({ code: 'custom', path: ['expect'], message: 'For an invoice, use earns only.' });
    if (deal !== undefined && expect.earns !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['expect', 'earns'],
        message: 'Remove it, or describe an invoice.',
      });
  });
export type GoldenTest = z.output<typeof goldenTest>;
export type GoldenRegistration = z.output<typeof registration>;
export type GoldenRival = z.output<typeof rival>;
export type GoldenInvoice = z.output<typeof invoice>;
