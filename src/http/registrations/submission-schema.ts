import { z } from 'zod';
import { fieldTypes, dealRoles } from '#src/domain/registrations/form/form.ts';
import { lifecycleStates } from '#src/domain/registrations/lifecycle/states.ts';
import { businessDate, instant } from '#src/http/schema.ts';
import type { RegistrationPreview } from '#src/operations/registrations/lifecycle/preview/preview-registration.ts';
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

export const previewAnswer = z.discriminatedUnion('result', [
  z.object({
    result: z.literal('refused'),
    message: z.string(),
    /** What does not fit the form: each field with what is wrong and what to write. */
    problems: z.array(z.object({ field: z.string(), message: z.string() })),
  }),
  z.object({
    /** As for a submission. */
    result: z.enum(['created', 'updated', 'same']),
    /** The registration that exists already; null for one that would be created. */
    id: z.uuid().nullable(),
    /** What the rules of engagement would decide. Null for services and people of a partner. */
    verdict: z
      .object({
        state: z.enum(lifecycleStates),
        reason: z.string().nullable(),
        protectedUntil: businessDate.nullable(),
        findings: z.array(
          z.object({
            rule: z.string(),
            effect: z.enum(['ask', 'block', 'review', 'note']),
            message: z.string(),
          }),
        ),
      })
      .nullable(),
    /** Who is asked when a person has to decide. */
    route: z.object({
      programVersion: z.int(),
      name: z.string(),
      /** In order. The people are named by their e-mail addresses; any one of them approves the step. */
      steps: z.array(z.object({ name: z.string(), people: z.array(z.string()) })),
      /** Null when nothing would wait for a decision. */
      decisionDue: instant.nullable(),
    }),
  }),
]);

export function previewAnswerOf(preview: RegistrationPreview): z.infer<typeof previewAnswer> {
  if (preview.result === 'refused')
    return { ...preview, problems: preview.problems.map((problem) => ({ ...problem })) };
  const { result, id, verdict, route } = preview;
  return {
    result,
    id,
    verdict: verdict && { ...verdict, findings: verdict.findings.map((finding) => ({ ...finding })) },
    route: {
      ...route,
      steps: route.steps.map(({ name, people }) => ({ name, people: [...people] })),
    },
  };
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
