/** The switches and settings of the rules of engagement in a programme document. */
import { z } from 'zod';
import { choice, wholeNumber } from '#src/domain/program/document/values.ts';
import { defaultRuleSettings as usual } from '#src/domain/program/rule-settings.ts';

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

const rulesObject = z.strictObject({
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
