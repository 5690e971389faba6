import { z } from 'zod';
import { fieldTypes, dealRoles } from '#src/domain/registrations/form/form.ts';
import type { StepOutcome } from '#src/operations/registrations/lifecycle/run-step.ts';

const term = z.string().max(1_000);
/** Several choices can be a list. */
const addedTerm = z.union([term, z.array(z.string().max(100)).max(1_000), z.boolean(), z.number()]);

export const submissionBody = z.strictObject({
  /** Required unless the sender belongs to a partner. */
  partner: z.uuid().optional(),
  /** Chosen by the sender. The same key of the same sender is the same submission. */
  key: z.string().trim().min(1, 'Enter a key that is different for each submission.').max(200),
  number: z.string().trim().min(1).max(80).optional(),
  opportunity: z.uuid().optional(),
  /** The fields of the form, `GET /api/registrations/form`: those that follow, and those that the programme adds. */
  terms: z
    .object({
      customerName: term.optional(),
      customerDomain: term.optional(),
      customerCountry: term.optional(),
      contactEmail: term.optional(),
      productFamily: term.optional(),
      dealType: term.optional(),
      /** A plain decimal, such as `50000.00`. */
      amount: term.optional(),
      currency: term.optional(),
      expectedClose: term.optional(),
    })
    .catchall(addedTerm),
});

/** The values as the form reads them. */
export function termsFrom(terms: z.infer<typeof submissionBody>['terms']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(terms).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join('; ') : String(value)]],
    ),
  );
}

export const submissionAnswer = z.object({
  /** `updated`: the partner had registered the deal; its terms changed. `same`: nothing changed. */
  result: z.enum(['created', 'updated', 'same']),
  id: z.uuid(),
});

export function submissionAnswerOf(
  result: NonNullable<StepOutcome['result']>,
): z.infer<typeof submissionAnswer> {
  if ('created' in result) return { result: 'created', id: result.created };
  if ('updated' in result) return { result: 'updated', id: result.updated };
  return { result: 'same', id: result.same };
}

export const formQuery = z.strictObject({ language: z.enum(['en', 'de']).default('en') });

export const formAnswer = z.object({
  /** The version of the programme. */
  version: z.int(),
  language: z.enum(['en', 'de']),
  /** In the order of the form. */
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      type: z.enum([...fieldTypes, 'standard']),
      /** For every deal. */
      required: z.boolean(),
      /** The deals or values for which it is required as well; null for none. */
      requiredWhen: z.string().nullable(),
      choices: z.array(z.object({ code: z.string(), label: z.string() })).nullable(),
      longest: z.int(),
      /** What the named partner does in the deal. */
      role: z.enum(dealRoles).nullable(),
    }),
  ),
  /** JSON Schema of `terms`. Conditions about deals are only in `requiredWhen`. */
  schema: z.looseObject({}),
});
