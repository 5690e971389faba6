/** The switches and settings of the rules of engagement in a programme document. */
import { z } from 'zod';
import { amount, boundedText, choice, shortName, wholeNumber } from '#src/domain/program/document/values.ts';
import { dealRoles, defaultRuleSettings as usual } from '#src/domain/program/rule-settings.ts';
import { ruleProblems } from './rule-problems.ts';

const effects = ['off', 'note', 'review', 'block'] as const;

/** A rule is written with its settings, or as one word: `open_lead: off` is `open_lead: {effect: off}`. */
function rule<Shape extends z.ZodRawShape>(shape: Shape) {
  const fromWord = (value: unknown) => (typeof value === 'string' ? { effect: value } : value);
  return z.preprocess(fromWord, z.strictObject(shape)).prefault({});
}

type Kind = keyof typeof usual;
type Switched = { [K in Kind]: (typeof usual)[K]['effect'] extends 'ask' | 'block' ? never : K }[Kind];

const effectOf = (kind: Switched) => choice(effects).default(usual[kind].effect as (typeof effects)[number]);
const switched = (kind: Switched) => rule({ effect: effectOf(kind) });

const fieldFix = 'Write the name of a custom field, such as "agreement_until", or null.';
/** The name of a custom field without `extra.`; docs/mappings.md says how fields are declared. */
const customField = z.union(
  [
    z
      .string()
      .trim()
      .regex(/^[A-Za-z][A-Za-z0-9_]{0,79}$/, fieldFix),
    z.null(),
  ],
  fieldFix,
);
const texts = (what: string) => z.array(boundedText(what, 80), 'Write a list.');
const countFix = 'Use a whole number from 0 to 100000, such as 20.';
const count = z.int(countFix).min(0, countFix).max(100_000, countFix);

const optionalText = (what: string) =>
  z.union([boundedText(what, 200), z.null()], `Write ${what}, or null.`).default(null);
const namedAccount = z.strictObject({
  name: boundedText('a name', 200),
  domain: optionalText('a website, such as acme.com'),
  registryId: optionalText('a VAT id, a DUNS number or a LEI'),
  account: optionalText("the account's id in the CRM"),
  for: z
    .union(
      [z.literal('direct'), texts('a partner code').min(1)],
      'Write direct for our own sales team, or a list of partner codes.',
    )
    .default('direct'),
});

const certification = z.strictObject({
  productFamilies: texts('a product family').min(1, 'Name at least one.'),
  anyOf: texts('a certification').min(1, 'Name at least one.'),
});

const rulesObject = z
  .strictObject({
    same_partner_duplicate: switched('same_partner_duplicate'),
    same_partner_update: switched('same_partner_update'),
    same_partner_rejected: switched('same_partner_rejected'),
    earlier_registration: switched('earlier_registration'),
    later_registration: switched('later_registration'),
    same_instant: switched('same_instant'),
    protection_ended: rule({
      effect: effectOf('protection_ended'),
      days: wholeNumber(0, 3650, 'days', 30).default(usual.protection_ended.days),
    }),
    direct_opportunity: switched('direct_opportunity'),
    open_lead: rule({
      effect: effectOf('open_lead'),
      days: wholeNumber(0, 3650, 'days', 180).default(usual.open_lead.days),
    }),
    same_initials: switched('same_initials'),
    partner_eligibility: switched('partner_eligibility'),
    edited_after_approval: rule({
      effect: z
        .literal('review', 'Use review. The setting engagement.afterApproval says what an edit does.')
        .default('review'),
    }),
    placeholder_customer: rule({ effect: choice(['ask', 'block']).default('ask') }),
    linked_opportunity: switched('linked_opportunity'),
    existing_customer: switched('existing_customer'),
    renewal: switched('renewal'),
    outside_territory: switched('outside_territory'),
    typed_date: switched('typed_date'),
    minimum_deal_size: rule({
      effect: effectOf('minimum_deal_size'),
      amounts: z.array(amount, 'Write a list, such as ["10000.00 USD"].').readonly().default([]),
    }),
    named_account: rule({
      effect: effectOf('named_account'),
      accounts: z.array(namedAccount, 'Write a list of accounts.').readonly().default([]),
      reservedField: customField.default(null),
    }),
    incumbent_contract: rule({
      effect: effectOf('incumbent_contract'),
      endField: customField.default(null),
      days: wholeNumber(0, 3650, 'days', 90).default(usual.incumbent_contract.days),
    }),
    open_registrations: rule({
      effect: effectOf('open_registrations'),
      most: z.union([count, z.null()], `${countFix} Use null for no limit.`).default(null),
      tiers: z.record(shortName, count).default({}),
    }),
    partner_status: rule({
      effect: effectOf('partner_status'),
      statusField: customField.default(null),
      good: texts('a status').default([]),
      agreementField: customField.default(null),
    }),
    partner_certification: rule({
      effect: effectOf('partner_certification'),
      field: customField.default(null),
      needed: z.array(certification, 'Write a list.').readonly().default([]),
    }),
    co_sell: rule({
      effect: effectOf('co_sell'),
      field: customField.default(null),
      together: z
        .array(
          z.array(choice(dealRoles), 'Write a list of roles.').min(2, 'Name two roles.').readonly(),
          'Write a list of lists.',
        )
        .readonly()
        .default([]),
    }),
  })
  .superRefine((rules, context) => {
    for (const { path, message } of ruleProblems(rules))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export const rulesPart = rulesObject.prefault({});

/** Adds the one-word form of a rule to its JSON Schema, which the conversion leaves out. */
export function addOneWordRules({
  zodSchema,
  jsonSchema,
}: {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (zodSchema !== rulesObject) return;
  const rules = Object.entries(jsonSchema.properties ?? {}).map(([kind, one]) => {
    const effect = typeof one === 'object' ? one.properties?.['effect'] : undefined;
    return [kind, effect === undefined ? one : { anyOf: [effect, one] }];
  });
  jsonSchema.properties = Object.fromEntries(rules);
}
