import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';
import { isBusinessDate } from '#src/domain/period.ts';
import { engagementPart } from './document/engagement-part.ts';
import type { Program } from './program.ts';

const name = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(40, 'Use at most 40 characters, so that it fits a CRM field.');
const minor = z
  .string()
  .regex(/^\d{1,18}$/, 'Use a string of whole minor units, such as "10000000" for 100,000.00.')
  .transform(BigInt);

const rate = z
  .tuple([minor, minor])
  .refine(
    ([, denominator]) => denominator > 0n,
    'The second number must be more than 0: ["5", "100"] is 5 %.',
  )
  .refine(([numerator, denominator]) => numerator <= denominator, 'A rate cannot be more than 100 %.');

const component = z.strictObject({
  kind: z.literal('commission', 'The only kind of component is "commission".'),
  code: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Use lower-case letters, digits and _, starting with a letter.'),
  label: name,
  rates: z.record(z.string(), rate),
});

const programSchema = z
  .strictObject({
    name: z.string().trim().min(1, 'Enter a name for the programme.').max(80, 'Use at most 80 characters.'),
    currency: z
      .string()
      .refine(
        (code) => Intl.supportedValuesOf('currency').includes(code),
        'Use an ISO 4217 code, such as USD.',
      ),
    startsOn: z.string().refine(isBusinessDate, 'Use a date like 2026-01-01.'),
    protectionDays: z
      .int('Use a whole number of days.')
      .min(1, 'Protect for at least 1 day.')
      .max(1095, 'Protect for at most 1095 days.'),
    payoutGraceDays: z
      .int('Use a whole number of days.')
      .min(0, 'Use 0 for none.')
      .max(90, 'Wait for at most 90 days.'),
    engagement: engagementPart.prefault({}),
    tiers: z.array(z.strictObject({ name, trailingRevenueMinor: minor })).min(1, 'Add at least one tier.'),
    components: z.array(component),
  })
  .superRefine((program, context) => {
    for (const { path, message } of [...tierProblems(program.tiers), ...componentProblems(program)]) {
      context.addIssue({ code: 'custom', path, message });
    }
  });

/**
 * A programme as JSON. Amounts are integer strings, a rate is `[numerator, denominator]` as integer strings.
 */
export type ProgramJson = z.input<typeof programSchema>;

export function programToJson(program: Program): ProgramJson {
  return {
    ...program,
    tiers: program.tiers.map((tier) => ({
      name: tier.name,
      trailingRevenueMinor: tier.trailingRevenueMinor.toString(),
    })),
    components: program.components.map((one) => ({
      ...one,
      rates: Object.fromEntries(
        Object.entries(one.rates).map(([tier, [numerator, denominator]]): [string, [string, string]] => [
          tier,
          [numerator.toString(), denominator.toString()],
        ]),
      ),
    })),
  };
}

/**
 * The inverse of `programToJson`.
 *
 * @throws AppError `bad_request` that names every wrong field and how to fix it
 */
export function programFromJson(json: unknown): Program {
  const parsed = programSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new AppError('bad_request', `The programme is not valid. ${problems.join(' ')}`, { problems });
}

type Parsed = z.output<typeof programSchema>;
interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

function* tierProblems(tiers: Parsed['tiers']): Generator<Problem> {
  const names = new Set<string>();
  for (const [index, tier] of tiers.entries()) {
    const before = tiers[index - 1];
    const path = ['tiers', index, 'trailingRevenueMinor'];
    if (!before && tier.trailingRevenueMinor !== 0n)
      yield { path, message: 'Use "0" for the first tier, so that every partner has a tier.' };
    if (before && tier.trailingRevenueMinor <= before.trailingRevenueMinor) {
      yield {
        path,
        message: `Use more than the tier before it (${before.trailingRevenueMinor}). Order tiers from the lowest to the highest.`,
      };
    }
    if (names.has(tier.name))
      yield {
        path: ['tiers', index, 'name'],
        message: `There are two tiers named ${tier.name}. Rename one.`,
      };
    names.add(tier.name);
  }
}

function* componentProblems({ tiers, components }: Pick<Parsed, 'tiers' | 'components'>): Generator<Problem> {
  const codes = new Set<string>();
  const names = new Set(tiers.map((tier) => tier.name));
  for (const [index, { code, rates }] of components.entries()) {
    const path = ['components', index];
    if (codes.has(code))
      yield {
        path: [...path, 'code'],
        message: `There are two components with the code ${code}. Change one.`,
      };
    codes.add(code);
    const missing = [...names].filter((tier) => !Object.hasOwn(rates, tier));
    if (missing.length > 0)
      yield { path: [...path, 'rates'], message: `Add a rate for ${missing.join(', ')}.` };
    const unknown = Object.keys(rates).filter((tier) => !names.has(tier));
    if (unknown.length > 0)
      yield {
        path: [...path, 'rates'],
        message: `There is no tier ${unknown.join(', ')}. Remove its rate or add the tier.`,
      };
  }
}
